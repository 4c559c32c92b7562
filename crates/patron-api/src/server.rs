//! The server: where each request goes, and how the service starts and stops.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::task::Poll;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, Resource, guard, rt, web};

use patron_store::{DatabaseUrl, Store};

use crate::access::{Keyring, Origins, Rates, ServeSettings};
use crate::address::HostNames;
use crate::database::Database;
use crate::guard::{Gate, guard};
use crate::jobs::Jobs;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::pages::{self, Description};
use crate::{ApiError, Clock, access, answers, forecasts, jobs, models, resources, value};

/// Connections at a time, per thread.
const CONNECTIONS: usize = 1000;
/// Seconds for a request's headers to arrive.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// Seconds that requests in flight have to finish when the service stops.
const FINISH_WITHIN: u64 = 30;

/// Serves the shop in the database at `url` until the process is asked to stop (SIGINT or SIGTERM; Ctrl-C elsewhere);
/// requests in flight finish first. `started` is told the address, with its port, as soon as requests are taken; answers
/// and forecasts are computed meanwhile, and anew when the database has changed.
///
/// # Errors
/// [`ApiError::CannotBind`]; [`ApiError::NoKeyYet`]; [`ApiError::Serving`]; what the database says.
pub fn serve(
    url: &DatabaseUrl,
    clock: Clock,
    settings: &ServeSettings,
    started: impl FnOnce(SocketAddr),
) -> Result<(), ApiError> {
    settings.check(&mut Store::open_existing(url)?, url, clock())?;
    let wanted = settings.bind.address();
    let cannot = |source| ApiError::CannotBind { address: wanted, source };
    let listener = TcpListener::bind(wanted).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let database = Database::open(url, clock)?;
    let live = Live::new(url.clone(), clock);
    live.start()?;
    let served = Served::new(live, database, address, settings)?;
    let jobs = served.jobs.clone();
    let stopping = jobs.clone();
    let served = rt::System::new().block_on(async move {
        let asked = stop_signal()?;
        let stop = async move {
            asked.await;
            stopping.begin_to_stop();
        };
        let server = HttpServer::new(move || {
            let served = served.clone();
            App::new().wrap(from_fn(guard)).configure(move |config| served.routes(config))
        })
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEADERS_WITHIN)
        .shutdown_timeout(FINISH_WITHIN)
        .shutdown_signal(stop)
        .listen(listener)?
        .run();
        started(address);
        server.await
    });
    jobs.begin_to_stop();
    if !jobs.wait(Duration::from_secs(FINISH_WITHIN)) {
        tracing::warn!("a job has not stopped in time; it runs again when the service starts");
    }
    Ok(served?)
}

/// Everything the routes share.
#[derive(Clone)]
pub(crate) struct Served {
    live: web::Data<Live>,
    database: web::Data<Database>,
    jobs: web::Data<Jobs>,
    gate: web::Data<Gate>,
    metrics: web::Data<Metrics>,
    description: web::Data<Description>,
}

impl Served {
    pub(crate) fn new(
        live: Live,
        database: Database,
        address: SocketAddr,
        settings: &ServeSettings,
    ) -> Result<Self, ApiError> {
        let metrics = web::Data::new(Metrics::default());
        let gate = Gate {
            hosts: HostNames::of(address, &settings.hosts),
            keyring: Keyring::open(database.clone(), !settings.bind.is_loopback())?,
            rates: Rates::new(settings.rate),
            origins: Origins(settings.origins.clone()),
            metrics: metrics.clone(),
        };
        let renewed = live.clone();
        let renew = move || renewed.renew();
        Ok(Self {
            jobs: web::Data::new(Jobs::open(database.clone(), renew)?),
            live: web::Data::new(live),
            database: web::Data::new(database),
            gate: web::Data::new(gate),
            metrics,
            description: web::Data::new(Description::new()?),
        })
    }

    pub(crate) fn routes(&self, config: &mut web::ServiceConfig) {
        let at = |path: &str| web::resource(path.to_owned()).default_service(web::to(pages::not_so));
        config
            .app_data(self.live.clone())
            .app_data(self.database.clone())
            .app_data(self.jobs.clone())
            .app_data(self.gate.clone())
            .app_data(self.metrics.clone())
            .app_data(self.description.clone())
            .service(at("/").read(pages::start))
            .service(at("/health").read(pages::health))
            .service(at("/ready").read(pages::ready))
            .service(at("/metrics").read(pages::metrics))
            .service(at("/swagger-ui").read(pages::to_swagger))
            .service(at("/swagger-ui/{file:.*}").read(pages::swagger))
            .service(at("/api/v1/openapi.json").read(pages::description))
            .service(at("/api/v1/answers").read(answers::list))
            .service(at("/api/v1/answers/{topic}").read(answers::answer))
            .service(at("/api/v1/customers/{id}/value").read(value::value))
            .service(
                at("/api/v1/customers/by-external-id/{external_id}/value").read(value::value_by_external_id),
            )
            .service(at("/api/v1/forecasts").read(forecasts::forecasts))
            .service(at("/api/v1/segments").read(forecasts::segments))
            .configure(models::routes)
            .configure(jobs::routes)
            .configure(resources::routes)
            .configure(access::routes)
            .default_service(web::to(pages::nothing));
    }
}

/// A resource that is read: GET, and HEAD for the headers alone.
pub(crate) trait Read: Sized {
    fn read<F, A>(self, handler: F) -> Self
    where
        F: actix_web::Handler<A, Output: actix_web::Responder + 'static>,
        A: actix_web::FromRequest + 'static;
}

impl Read for Resource {
    fn read<F, A>(self, handler: F) -> Self
    where
        F: actix_web::Handler<A, Output: actix_web::Responder + 'static>,
        A: actix_web::FromRequest + 'static,
    {
        let asked = guard::Any(guard::Get()).or(guard::Head());
        self.route(web::route().guard(asked).to(handler))
    }
}

/// Ends when the process is asked to stop.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use rt::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(poll_fn(move |context| {
        let asked = interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready();
        if asked { Poll::Ready(()) } else { Poll::Pending }
    }))
}

/// Ends when the process is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // without a signal to wait for, the service is stopped from outside
        if rt::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests;
