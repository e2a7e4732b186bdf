//! In front of the routes: heads that say a thing twice, and bodies that nobody wants to hear out.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BodySize, BoxBody, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{
        Method,
        header::{self, HeaderMap},
    },
    middleware::Next,
    web::Bytes,
};
use futures_util::Stream;

use super::error::ApiError;
use crate::domain::{Code, Fault};

/// Refuses heads of which two readers could understand two things.
pub async fn heads<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if let Err(error) = one_meaning(request.method(), request.headers()) {
        // as an answer, not as an error: errors of middleware know no request
        let answer = HttpResponse::from_error(error).map_into_right_body();
        return Ok(ServiceResponse::new(request.into_parts().0, answer));
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn one_meaning(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let is_twice = |name: &str| headers.get_all(name).nth(1).is_some();
    if is_twice("idempotency-key") {
        let fault = Fault { field: "Idempotency-Key", code: Code::Repeated };
        return Err(ApiError::Validation(vec![fault]));
    }
    if ["authorization", "content-type", "origin"].into_iter().any(is_twice) {
        return Err(ApiError::Malformed);
    }
    // the framework would take all that follows on the connection for the body
    let upgrades = headers.get_all(header::UPGRADE).any(|line| {
        let line = line.as_bytes().to_ascii_lowercase();
        line.windows(9).any(|word| word == b"websocket")
    });
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if upgrades && !is_read { Err(ApiError::Malformed) } else { Ok(()) }
}

/// Closes the connection behind an answer that came before the end of the body: limits, refusals and
/// errors must not cost the reading of the rest, which may have no end.
///
/// The framework closes when the body is still held as the answer goes out; a chunked one that was let
/// go it would read to its end, however far that is.
pub async fn unread<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let body = Rc::new(RefCell::new(Heard { payload, to_the_end: false }));
    request.set_payload(Payload::Stream { payload: Box::pin(Hearing(body.clone())) });
    let answer = next.call(request).await?;
    if body.borrow().to_the_end {
        return Ok(answer.map_into_left_body());
    }
    let held = |answer: B| BoxBody::new(Held { answer: answer.boxed(), _body: body });
    Ok(answer.map_body(|_, answer| EitherBody::right(held(answer))))
}

/// A body, and whether it was heard out.
struct Heard {
    payload: Payload,
    to_the_end: bool,
}

struct Hearing(Rc<RefCell<Heard>>);

impl Stream for Hearing {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut heard = self.0.borrow_mut();
        let next = Pin::new(&mut heard.payload).poll_next(context);
        heard.to_the_end |= matches!(next, Poll::Ready(None));
        next
    }
}

/// An answer that holds the body of its request for as long as it is on its way.
struct Held {
    answer: BoxBody,
    _body: Rc<RefCell<Heard>>,
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(context)
    }
}
