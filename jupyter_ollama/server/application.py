"""Which handler answers which path."""

from __future__ import annotations

from tornado.web import Application, RequestHandler

from .anthropic import ROUTES as ANTHROPIC
from .context import Context
from .handler import LOG, NotFound
from .native.routes import ROUTES as NATIVE
from .openai.routes import ROUTES as OPENAI


def application(context: Context) -> Application:
    """The application of one server."""
    return Application([*NATIVE, *OPENAI, *ANTHROPIC], default_handler_class=NotFound, log_function=_log, context=context)


def _log(handler: RequestHandler) -> None:
    request = handler.request
    LOG.debug("%d %s %s %.0f ms", handler.get_status(), request.method, request.path, 1000 * request.request_time())
