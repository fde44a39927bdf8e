"""A route of the API, and a request to it.

No HTTP here: the daemon answers routes over its socket, and a command answers the same
routes from the stores while no daemon runs.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints

import msgspec
from msgspec import Struct

from plnd.core.plnd import Plnd
from plnd.errors import Invalid
from plnd.measures.event_validation import decoding_error
from plnd.model.events import MOST_BODY_BYTES
from plnd.words.messages import ENGLISH, Words

T = TypeVar("T")


class ApiRequest(Struct, frozen=True):
    """A request: the names in its path, its query, its raw body, and the client's language."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    content: bytes = b""
    words: Words = ENGLISH

    def body(self, kind: type[T]) -> T:
        """The body decoded as `kind`.

        Raises:
            Invalid: it is not JSON, or not of that kind; `field` names the part.
        """
        try:
            return _decoder(kind).decode(self.content)
        except msgspec.ValidationError as error:
            message, name = decoding_error(error)
            raise Invalid(message, "see /api/v1/openapi.json", field=name) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(f"the body is not JSON: {error}", "see /api/v1/openapi.json") from error


Handler = Callable[[Plnd, ApiRequest], Any]


class Route(Struct, frozen=True):
    """A route: its handler, and what the OpenAPI document says of it.

    `body` is the type of the request's body, `query` the names of its parameters, `most_bytes`
    the body's greatest length. With a `media` type other than JSON the handler returns the text
    to send. A `live` route answers again whenever its answer has changed.
    """

    method: str
    path: str
    handler: Handler
    body: Any = None
    query: tuple[str, ...] = ()
    most_bytes: int = MOST_BODY_BYTES
    media: str = "application/json"
    live: bool = False

    @property
    def answer_type(self) -> Any:
        return get_type_hints(self.handler)["return"]

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().splitlines()[0]

    async def answer(self, plnd: Plnd, request: ApiRequest) -> Any:
        """The handler's answer to a request.

        Raises:
            Invalid: the query has an unknown parameter, or a name or value is not valid text.
        """
        for name in request.query:
            if name not in self.query:
                raise Invalid(f"unknown query parameter {name!r}", field=name)
        for name, value in (*request.path.items(), *request.query.items()):
            if not value.isascii() and value != value.encode(errors="replace").decode():
                raise Invalid("half a character is no text", field=name)
        answer = self.handler(plnd, request)
        return await answer if inspect.isawaitable(answer) else answer


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[T]) -> "msgspec.json.Decoder[T]":
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]
