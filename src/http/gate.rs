//! In front of the routes: heads that say a thing twice, and bodies that nobody wants to hear out.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web::Bytes,
};
use futures_util::Stream;

use super::error::ApiError;
use crate::domain::{Code, Fault};

/// Refuses a head of which two readers could understand two things.
pub fn one_meaning(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let has_repeated = headers.len() != headers.len_keys();
    let is_twice = |name| headers.get_all(name).nth(1).is_some();
    if has_repeated && is_twice(IDEMPOTENCY_KEY) {
        let fault = Fault { field: "Idempotency-Key", code: Code::Repeated };
        return Err(ApiError::Validation(vec![fault]));
    }
    if has_repeated && [header::AUTHORIZATION, header::CONTENT_TYPE, header::ORIGIN].into_iter().any(is_twice)
    {
        return Err(ApiError::Malformed);
    }
    // the framework would take all that follows on the connection for the body
    let upgrades = |line: &HeaderValue| {
        let line = line.as_bytes().to_ascii_lowercase();
        line.windows(9).any(|word| word == b"websocket")
    };
    if !is_read && headers.get_all(header::UPGRADE).any(upgrades) { Err(ApiError::Malformed) } else { Ok(()) }
}

/// The body of a request, which is watched. It closes the connection behind an answer that came before the end of the
/// body: limits, refusals and errors must not cost the reading of the rest, which may have no end.
///
/// The framework closes when the body is still held as the answer goes out; a chunked one that was let
/// go it would read to its end, however far that is.
pub struct Watched(Option<Rc<RefCell<Heard>>>);

impl Watched {
    /// Watches how far the body is heard; most requests have none.
    pub fn new(request: &mut ServiceRequest) -> Self {
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return Self(None);
        }
        let body = Rc::new(RefCell::new(Heard { payload, to_the_end: false }));
        request.set_payload(Payload::Stream { payload: Box::pin(Hearing(body.clone())) });
        Self(Some(body))
    }

    /// The answer, which holds a body that was not heard out.
    pub fn answered(self, answer: ServiceResponse) -> ServiceResponse {
        match self.0 {
            Some(body) if !body.borrow().to_the_end => {
                answer.map_body(|_, answer| BoxBody::new(Held { answer, _body: body }))
            }
            _ => answer,
        }
    }
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
