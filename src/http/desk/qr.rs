//! QR codes as SVG paths. The page writes the frame of the picture itself, so nothing passes unescaped
//! and nothing is loaded from anywhere.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use super::account_pages::Picture;

/// Light squares around the code (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;

/// The picture of a text; none when it is too long for one.
pub fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                // writing into a string does not fail
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    Some(Picture { side: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_every_dark_square_once_and_holds_letters_and_numbers_only() {
        let text = "otpauth://totp/Replydesk:mo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Replydesk";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        let picture = picture(text).unwrap();
        let drawn: usize =
            picture.path.split('h').filter_map(|part| part.split_once('v')?.0.parse::<usize>().ok()).sum();
        assert_eq!((drawn, picture.side), (dark, code.width() + 8));
        assert!(picture.path.starts_with("M4 4h7v1h-7z") && picture.path.len() < 20_000);
        assert!(picture.path.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-'));
        assert!(super::picture(&"x".repeat(5_000)).is_none());
    }
}
