//! What a line of the route table is made of: a path and its ways, each a method, its handler and what the
//! OpenAPI document says of it. Routes and document are both made of the same lines.

use std::rc::Rc;

use actix_web::{
    Error, FromRequest, Handler, HttpResponse, Resource, Responder, Route,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    guard,
    http::Method,
    middleware::from_fn,
    web,
};

use super::{error::ApiError, layer, openapi::Operation};

/// Paths below one prefix.
pub struct Group {
    /// What their paths begin with.
    pub prefix: &'static str,
    /// Pages of a site's origins may call them.
    pub is_for_pages: bool,
    /// The paths.
    pub lines: Vec<Line>,
}

/// A path with what it takes.
#[must_use]
pub struct Line {
    /// Below the prefix of its group.
    pub path: &'static str,
    /// The methods that it takes, in the order of `Allow`.
    pub ways: Vec<Way>,
    /// Largest body, where it is not that of all others, in bytes.
    pub most: Option<usize>,
}

/// One or two methods of a path, with their handler.
pub struct Way {
    /// GET brings HEAD along.
    pub methods: Vec<Method>,
    /// What is said of it; nothing for pages, which are for people.
    pub about: Option<About>,
    route: Route,
}

/// What the document says of an operation: a function that stands beside its handler.
pub type About = fn() -> Operation;

/// Paths that pages of a site's origins may call.
pub fn for_pages(prefix: &'static str, lines: Vec<Line>) -> Group {
    Group { prefix, is_for_pages: true, lines }
}

/// All other paths.
pub fn others(lines: Vec<Line>) -> Group {
    Group { prefix: "", is_for_pages: false, lines }
}

/// A path, as a line of the table; what it takes follows.
pub fn at(path: &'static str) -> Line {
    Line { path, ways: Vec::new(), most: None }
}

macro_rules! ways {
    ($($(#[$doc:meta])* $name:ident: $methods:expr;)+) => {$(
        $(#[$doc])*
        pub fn $name<F, A>(self, handler: F, about: About) -> Self
        where
            F: Handler<A>,
            A: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            self.way(&$methods, handler, Some(about))
        }
    )+};
}

impl Line {
    ways! {
        /// GET, and HEAD with it.
        read: [Method::GET, Method::HEAD];
        /// GET alone: what never ends has no head to look at.
        watch: [Method::GET];
        /// POST.
        post: [Method::POST];
        /// PUT.
        put: [Method::PUT];
        /// PATCH.
        patch: [Method::PATCH];
        /// DELETE.
        delete: [Method::DELETE];
    }

    /// A page for people, which the document leaves out.
    pub fn page<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.way(&[Method::GET, Method::HEAD], handler, None)
    }

    /// Where a form of such a page goes.
    pub fn form<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.way(&[Method::POST], handler, None)
    }

    fn way<F, A>(mut self, methods: &[Method], handler: F, about: Option<About>) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let own = methods.to_vec();
        let route = Route::new().guard(guard::fn_guard(move |context| own.contains(&context.head().method)));
        self.ways.push(Way { methods: methods.to_vec(), about, route: route.to(handler) });
        self
    }

    /// With something in front of the handler that was named last.
    pub fn behind(mut self, front: fn(Route) -> Route) -> Self {
        if let Some(Way { methods, about, route }) = self.ways.pop() {
            self.ways.push(Way { methods, about, route: front(route) });
        }
        self
    }

    /// With bodies of so many bytes at most.
    pub fn holds(mut self, most: usize) -> Self {
        self.most = Some(most);
        self
    }

    /// The methods that it takes, as `Allow` lists them.
    pub fn allow(&self) -> String {
        let names: Vec<&str> = self.ways.iter().flat_map(|way| &way.methods).map(Method::as_str).collect();
        names.join(", ")
    }

    /// As a resource below a prefix; a method that it does not take is 405 with `Allow`. What panics there is a 500.
    pub fn resource(
        self,
        prefix: &str,
    ) -> Resource<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let allow = self.allow();
        let pattern: Rc<str> = [prefix, self.path].concat().into();
        let refused = move || {
            let allow = allow.clone();
            async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allow)) }
        };
        let resource = web::resource(self.path).default_service(web::to(refused));
        let resource = match self.most {
            Some(most) => resource.app_data(web::PayloadConfig::new(most)),
            None => resource,
        };
        let resource = self.ways.into_iter().fold(resource, |resource, way| resource.route(way.route));
        resource.wrap(from_fn(move |request, next| layer::line(pattern.clone(), request, next)))
    }
}
