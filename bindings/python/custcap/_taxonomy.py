"""The vocabulary: roles and every other word, as a tree to walk."""
from __future__ import annotations

import ctypes
import json
from typing import Any, Iterator, Optional, Union

from . import _convert as convert
from ._errors import InvalidError, NotFoundError
from ._handle import Handle, out_pointer, string_at
from ._library import LIB, call


class Word:
    """A word of a taxonomy: a role, a unit, a channel, a state ...

    >>> fan = Taxonomy()["role", "fan"]
    >>> fan.label(), fan.label("zh"), fan.is_root
    ('Fan', '粉丝', True)
    """

    __slots__ = ("taxonomy", "number")

    def __init__(self, taxonomy: Taxonomy, number: int) -> None:
        self.taxonomy = taxonomy
        self.number = number

    def _ask(self, name: str, *arguments: Any) -> int:
        owner = self.taxonomy._held()
        return int(getattr(LIB, f"custcap_taxonomy_{name}")(
            owner.pointer, self.number, *arguments))

    def _text(self, name: str, *arguments: Any) -> str:
        owner = self.taxonomy._held()
        length = ctypes.c_int64()
        address = getattr(LIB, f"custcap_taxonomy_{name}")(
            owner.pointer, self.number, *arguments, ctypes.byref(length))
        return string_at(address, length.value)

    def __repr__(self) -> str:
        return f"Word({self.kind} {self.code})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)

    @property
    def kind(self) -> str:
        """The kind of word, such as "role"."""
        return kind_name(self._ask("kind"))

    @property
    def code(self) -> str:
        """Its code, unique within its kind, such as "consumer.user"."""
        return self._text("code")

    def label(self, language: str = "en") -> str:
        """What it is called, in "en" or "zh"."""
        return self._text("label", convert.text(language, "language"))

    @property
    def data(self) -> dict[str, Any]:
        """What else is said about it: layer, scale, moves ..."""
        text = self._text("data")
        made: dict[str, Any] = json.loads(text) if text else {}
        return made

    def member(self, name: str) -> Any:
        """One member of its data, or of the nearest word above that has it;
        None when there is none."""
        word: Optional[Word] = self
        while word is not None:
            data = word.data
            if name in data:
                return data[name]
            word = word.parent
        return None

    @property
    def parent(self) -> Optional[Word]:
        """The word above, None for a root."""
        number = self._ask("parent")
        return Word(self.taxonomy, number) if number else None

    @property
    def is_root(self) -> bool:
        """True where nothing is above."""
        return self._ask("parent") == 0

    @property
    def children(self) -> list[Word]:
        """The words directly below."""
        return [Word(self.taxonomy, self._ask("child", index))
                for index in range(self._ask("child_count"))]

    def walk(self) -> Iterator[Word]:
        """This word and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def is_a(self, other: Word) -> bool:
        """Is it the other one, or anywhere below it?"""
        if not isinstance(other, Word):
            raise InvalidError(f"is_a() takes a Word, not "
                               f"{type(other).__name__}")
        return self._ask("is_a", other.number) != 0

    @property
    def scale(self) -> Optional[int]:
        """Decimal digits of a unit (yen 0, dinar 3); None for others."""
        scale = self._ask("scale")
        return scale if scale >= 0 else None


class Taxonomy(Handle):
    """The words of a ledger at a moment (``snapshot.taxonomy()``), or, made
    without a ledger, those that are built in.

    ``taxonomy["role", "fan"]`` is a word, ``taxonomy.words("role")`` all of
    a kind, ``taxonomy.roots("role")`` those to start a walk from.  It is
    immutable, and may be shared between threads.

    >>> [word.code for word in Taxonomy().roots("role")][:3]
    ['consumer', 'member', 'fan']
    """

    _free = "custcap_taxonomy_free"
    _crosses_fork = True

    def __init__(self) -> None:
        made = out_pointer()
        call("custcap_taxonomy_new", ctypes.byref(made))
        self._adopt(made.value)

    @classmethod
    def _own(cls, pointer: Optional[int]) -> Taxonomy:
        made = cls.__new__(cls)
        made._adopt(pointer)
        return made

    def __len__(self) -> int:
        return int(LIB.custcap_taxonomy_count(self._held().pointer, 0))

    def __bool__(self) -> bool:
        return True

    def words(self, kind: Optional[str] = None) -> Iterator[Word]:
        """All words, or those of a kind, ascending by number."""
        number = 0 if kind is None else kind_number(kind)
        self._held()
        return self._words(number)

    def _words(self, kind: int) -> Iterator[Word]:
        count = LIB.custcap_taxonomy_count(self._held().pointer, kind)
        for index in range(count):
            yield Word(self, LIB.custcap_taxonomy_at(self._held().pointer,
                                                     kind, index))

    __iter__ = words

    def roots(self, kind: str) -> list[Word]:
        """The words of a kind that nothing is above."""
        return [word for word in self.words(kind) if word.is_root]

    def find(self, kind: str, code: str) -> Optional[Word]:
        """The word of a kind with a code, or None."""
        coded = convert.key_text(code, "code")
        number = LIB.custcap_taxonomy_find(
            self._held().pointer, kind_number(kind), coded, len(coded))
        return Word(self, number) if number else None

    def __getitem__(self, key: Union[int, tuple[str, str]]) -> Word:
        """A word by (kind, code), or by its number."""
        if isinstance(key, tuple) and len(key) == 2:
            found = self.find(*key)
        else:
            number = convert.integer(key, "word")
            known = LIB.custcap_taxonomy_kind(self._held().pointer, number)
            found = Word(self, number) if known else None
        if found is None:
            raise NotFoundError(f"there is no word {key!r}")
        return found

    def allows(self, flow: Word, from_: Optional[Word], to: Word) -> bool:
        """May an item of a flow move from one state to another?  None for
        ``from_`` asks whether it may start there."""
        before = 0 if from_ is None else from_.number
        return bool(LIB.custcap_taxonomy_allows(
            self._held().pointer, flow.number, before, to.number))


def kind_number(kind: str) -> int:
    """The number of a kind of word, such as 3 for "role"."""
    coded = convert.text(kind, "kind")
    number = int(LIB.custcap_word_kind_find(coded, len(coded)))
    if number == 0:
        raise InvalidError(f"there is no kind of word {kind!r}",
                           field="kind")
    return number


def kind_name(number: int) -> str:
    """The name of a kind of word, "" when there is none."""
    return str((LIB.custcap_word_kind_name(number) or b"").decode())
