//! What the HTTP library does here when there is nothing to do: `ceiling PORT FILE` answers every GET with the bytes of the
//! file, from memory. `scripts/bench` puts the same load on it as on the service.
#![allow(clippy::unwrap_used, reason = "a tool for whoever measures")]

use std::{env, fs};

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes, Data},
};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let [_, port, file] = arguments.as_slice() else { panic!("ceiling PORT FILE") };
    let (port, body) = (port.parse::<u16>().unwrap(), Bytes::from(fs::read(file).unwrap()));
    let server = HttpServer::new(move || {
        let fixed = |body: Data<Bytes>| async move {
            HttpResponse::Ok().content_type("application/json").body(body.get_ref().clone())
        };
        App::new().app_data(Data::new(body.clone())).default_service(web::get().to(fixed))
    });
    actix_web::rt::System::new().block_on(server.bind(("127.0.0.1", port)).unwrap().run()).unwrap();
}
