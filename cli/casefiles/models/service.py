"""Questions to one model: many at once, asked again where it helps, never paid for twice."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from typing import Any, Generic, Protocol, TypeVar

from casefiles.documents.question import Message, Question
from casefiles.errors import BadInputError, LimitReachedError
from casefiles.models import background, provider
from casefiles.models.reply import CallError, RejectedError, Reply, SettingsError, TemporaryError
from casefiles.models.spending import (
    REPLY_TOKENS,
    Budget,
    Estimate,
    Limits,
    Spent,
    price_of,
    tokens_of,
)

T = TypeVar("T")
Read = Callable[[Question, str], T]
"""Turns the reply to a question into a value; raises ValueError with what is wrong with it."""
LONGEST_WAIT_S = 120.0
"""A provider that asks to wait longer than this has no answer for today."""
EMBED_BATCH = 96
"""Texts in one embedding call: below the limit of every provider that states one."""


class Cache(Protocol):
    """Keeps finished answers; a key is a content hash, a value a JSON text."""

    def get(self, key: str) -> str | None:
        """Return what was kept under the key, if anything."""

    def put(self, key: str, value: str) -> None:
        """Keep a value, whole or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[T]):
    """What became of one question."""

    question: Question
    """The question."""
    value: T | None
    """What its reply was read as; None if none could be."""
    fault: str | None
    """Why there is no value, for a person."""


class _LimitError(Exception):
    """The next call is not allowed any more."""


class Service:
    """One model, its limits and its cache; for one command."""

    def __init__(
        self,
        model: str,
        *,
        cache: Cache,
        limits: Limits | None = None,
        concurrency: int = 10,
        timeout_s: float = 120,
        retries: int = 4,
    ) -> None:
        """Open a model named as litellm does (``provider/model``); nothing is called yet.

        ``retries`` counts those after a failure of the provider or the network. Raises
        BadInputError if a cost limit is set for a model without known prices.
        """
        self.model = model
        self._cache = cache
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._retries = retries
        self._budget = Budget(limits=limits or Limits())
        if self._budget.limits.max_cost_usd is None:
            return
        self._budget.price = provider.prices(model)
        if self._budget.price is None:
            raise BadInputError(
                f"the price of {model} is not known, so a cost limit cannot be held",
                remedy="limit the number of calls instead: --max-calls",
            )

    @property
    def spent(self) -> Spent:
        """What was used so far."""
        return self._budget.spent

    def estimate(
        self, questions: Sequence[Question], *, reply_tokens: int = REPLY_TOKENS
    ) -> Estimate:
        """Say what the questions will take; ``reply_tokens`` is the expected length of a reply."""
        asked = [question.messages() for question in questions]
        schemas = [question.schema for question in questions]
        keys = [self._key(m, s) for m, s in zip(asked, schemas, strict=True)]
        new = [m for m, key in zip(asked, keys, strict=True) if self._cache.get(key) is None]
        tokens_in = sum(map(tokens_of, new))
        tokens_out = reply_tokens * len(new)
        price = provider.prices(self.model) if new else (0.0, 0.0)
        return Estimate(
            calls=len(new),
            kept=len(asked) - len(new),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_usd=price_of(tokens_in, tokens_out, price),
        )

    def answers(
        self, questions: Sequence[Question], read: Read[T], *, attempts: int = 3
    ) -> Iterator[Answered[T]]:
        """Ask all questions, some at once; yield each as its answer is there, in any order.

        ``read`` turns the reply to a question into a value, or raises ValueError with what is
        wrong in words for the model, which is then asked again, ``attempts`` times in all. A
        question without a usable answer is yielded with its fault. A reply that ``read`` takes
        is kept; one that it does not take is asked for anew by the next command.

        Raises LimitReachedError once what was in flight is yielded, if a limit left questions
        unasked; BadInputError if the provider fails before its first answer: then the settings
        are wrong, not the questions.
        """
        waiting = iter(questions)
        running: dict[Future[Answered[T]], Question] = {}
        unasked = 0

        def fill() -> None:
            while len(running) < self._concurrency and not unasked:
                question = next(waiting, None)
                if question is None:
                    return
                running[background.submit(self._answer(question, read, attempts))] = question

        try:
            fill()
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    del running[future]
                    try:
                        answered = future.result()
                    except _LimitError:
                        unasked += 1
                    else:
                        yield answered
                fill()
        finally:
            for future in running:
                future.cancel()
        unasked += sum(1 for _ in waiting) if unasked else 0
        if unasked:
            raise self._limit_reached(unasked)

    def chat(self, messages: Sequence[Message], *, fresh: bool = False) -> Reply:
        """Ask with a chat of your own making; ``fresh`` asks even where an answer is kept.

        Raises BadInputError or LimitReachedError.
        """
        try:
            return background.submit(self._call(messages, None, fresh=fresh)).result()
        except _LimitError:
            raise self._limit_reached(1) from None
        except CallError as error:
            raise self._failed(error) from error

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed texts: one vector each, in their order, all of one length.

        Raises BadInputError if the provider fails.
        """
        unique = list(dict.fromkeys(texts))
        known: dict[str, list[float]] = {}
        for text in unique:
            kept = self._cache.get(self._embedding_key(text))
            if kept is not None:
                known[text] = json.loads(kept)
        missing = [text for text in unique if text not in known]
        for start in range(0, len(missing), EMBED_BATCH):
            batch = missing[start : start + EMBED_BATCH]
            try:
                vectors = background.submit(self._embed(batch)).result()
            except CallError as error:
                raise self._failed(error) from error
            for text, vector in zip(batch, vectors, strict=True):
                self._cache.put(self._embedding_key(text), json.dumps(vector))
                known[text] = vector
        return [known[text] for text in texts]

    async def _answer(self, question: Question, read: Read[T], attempts: int) -> Answered[T]:
        key = self._key(question.messages(), question.schema)
        kept = self._kept(key)
        if kept is not None:
            try:
                value = read(question, kept.text)
            except ValueError:  # it was taken by another version of us
                pass
            else:
                self.spent.kept += 1
                return Answered(question=question, value=value, fault=None)
        return await self._asked(question, read, attempts, key)

    async def _asked(
        self, question: Question, read: Read[T], attempts: int, key: str
    ) -> Answered[T]:
        messages = list(question.messages())
        fault = ""
        for attempt in range(1, attempts + 1):
            try:
                reply = await self._send(messages, question.schema)
            except SettingsError as error:
                raise self._failed(error) from error
            except CallError as error:
                if isinstance(error, TemporaryError) and not self._has_answered():
                    raise self._failed(error) from error
                return Answered(question=question, value=None, fault=f"{self.model}: {error}")
            if reply.refusal is not None:
                return Answered(question=question, value=None, fault=f"refused: {reply.refusal}")
            try:
                value = read(question, reply.text)
            except ValueError as error:
                fault = "cut off at the longest reply the model gives" if reply.cut else str(error)
                messages = [*question.messages(), *_again(reply, fault, attempt)]
            else:
                self._keep(key, reply)
                return Answered(question=question, value=value, fault=None)
        return Answered(
            question=question, value=None, fault=f"no usable reply in {attempts} tries: {fault}"
        )

    async def _call(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None,
        *,
        fresh: bool = False,
    ) -> Reply:
        key = self._key(messages, schema)
        kept = None if fresh else self._kept(key)
        if kept is not None:
            self.spent.kept += 1
            return kept
        reply = await self._send(messages, schema)
        self._keep(key, reply)
        return reply

    async def _send(self, messages: Sequence[Message], schema: Mapping[str, Any] | None) -> Reply:
        """Call the provider, if the limits allow it."""
        reserved = self._budget.reserve(messages)
        if reserved is None:
            raise _LimitError
        reply: Reply | None = None
        try:
            reply = await self._persistently(
                lambda: provider.complete(
                    self.model, messages, schema=schema, timeout_s=self._timeout_s
                )
            )
        finally:
            self._budget.settle(reserved, reply)
        return reply

    def _kept(self, key: str) -> Reply | None:
        kept = self._cache.get(key)
        return None if kept is None else Reply(**json.loads(kept))

    def _keep(self, key: str, reply: Reply) -> None:
        self._cache.put(key, json.dumps(asdict(reply), ensure_ascii=False))

    async def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        return await self._persistently(
            lambda: provider.embed(self.model, texts, timeout_s=self._timeout_s)
        )

    async def _persistently(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Retry what may go through later: after the wait the provider asks for, or 0.5, 1, 2 … s.

        Half of each wait is drawn at random, so that calls which failed together do not return
        together.
        """
        for attempt in range(self._retries + 1):
            try:
                return await call()
            except TemporaryError as error:
                asked = error.wait_s
                if attempt == self._retries or (asked or 0) > LONGEST_WAIT_S:
                    raise
                pause = asked if asked is not None else 0.5 * 2**attempt
                self.spent.retries += 1
                await asyncio.sleep(pause * (1 if asked is not None else random.uniform(0.5, 1)))
        raise AssertionError("the last attempt returns or raises")

    def _key(self, messages: Sequence[Message], schema: Mapping[str, Any] | None) -> str:
        return _hash([self.model, [dict(m) for m in messages], schema])

    def _embedding_key(self, text: str) -> str:
        return _hash([self.model, "embedding", text])

    def _has_answered(self) -> bool:
        return bool(self.spent.calls or self.spent.kept)

    def _failed(self, error: CallError) -> BadInputError:
        remedy = "try again later; what was answered is kept"
        if isinstance(error, SettingsError):
            remedy = "check the model's name in [models] and the provider's key in the environment"
        if isinstance(error, RejectedError):
            remedy = "change the request or the model"
        return BadInputError(f"{self.model}: {error}", remedy=remedy)

    def _limit_reached(self, unasked: int) -> LimitReachedError:
        spent, limits = self.spent, self._budget.limits
        by_calls = limits.max_calls is not None and spent.calls >= limits.max_calls
        limit = f"{limits.max_calls} calls" if by_calls else f"{limits.max_cost_usd} USD"
        return LimitReachedError(
            f"stopped at the limit of {limit}; questions not asked: {unasked}",
            remedy="raise the limit and run it again: finished answers are not paid for twice",
        )


def _again(reply: Reply, fault: str, attempt: int) -> tuple[Message, Message]:
    """The bad reply, and what was wrong with it; the number keeps a repeated one from the cache."""
    correction = {"your_reply_was_rejected": fault, "attempt": attempt + 1}
    return (
        {"role": "assistant", "content": reply.text or "(nothing)"},
        {"role": "user", "content": json.dumps(correction)},
    )


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
