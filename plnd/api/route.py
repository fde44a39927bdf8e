"""A route of the API: what it takes, what it gives, and the function of `Plnd` behind it.

No HTTP here: the daemon answers routes over its socket, and a command answers the same
routes from the stores while no daemon runs.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from plnd.core.plnd import Plnd
from plnd.errors import Invalid
from plnd.measures.event_validation import decoding_error
from plnd.model.events import MOST_BODY_BYTES
from plnd.words.messages import ENGLISH, Words

T = TypeVar("T")


class Call(Struct, frozen=True):
    """One request: the names in its path, its query, its body as it came, and the words that
    whoever asks reads."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    content: bytes = b""
    words: Words = ENGLISH

    def body(self, kind: type[T]) -> T:
        """The body as `kind`.

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


Handler = Callable[[Plnd, Call], Any]


class Route(Struct, frozen=True):
    """One route, for its answers and for the OpenAPI document alike.

    `query` are the parameters that it knows, `most_bytes` how long its body may be. With a
    `media` type other than JSON it gives text, as it is to be sent. A route that is `live`
    goes on answering, whenever the answer has become another.
    """

    method: str
    path: str
    handler: Handler
    gives: Any
    takes: Any = None
    query: tuple[str, ...] = ()
    most_bytes: int = MOST_BODY_BYTES
    media: str = "application/json"
    live: bool = False

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().splitlines()[0]

    async def answer(self, plnd: Plnd, call: Call) -> Any:
        """What the route gives for a call.

        Raises:
            Invalid: the query has a parameter that the route does not know, or what was asked
                with is no text.
        """
        for name in call.query:
            if name not in self.query:
                raise Invalid(f"unknown query parameter {name!r}", field=name)
        for name, value in (*call.path.items(), *call.query.items()):
            if not value.isascii() and value != value.encode(errors="replace").decode():
                raise Invalid("half a character is no text", field=name)
        answer = self.handler(plnd, call)
        return await answer if inspect.isawaitable(answer) else answer


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[T]) -> "msgspec.json.Decoder[T]":
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]
