"""A card for each wish of the public list, in the list's order, and for each choice of a filter the set of its cards.

Answers what a page of the list holds and how many wishes each choice would
show, in a time that hardly grows with the list. Knows no database; `live.py`
keeps one in step with it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from portal.publication.bits import Bits, bits_of, close_gap, open_gap, up_to
from portal.publication.paging import day_spot, number_of

TRAITS = ("price", "availability", "category", "group", "centre", "kind")
"""What filters choose by, beside words and the time a wish has waited."""

MOST_WORDS = 200


class Card(NamedTuple):
    """A live text: its key, the number of its wish, where that stands in the list, and its traits as TRAITS names them.

    A spot is a text, because thousands of them are compared where a word is found in many cards.
    """

    id: int
    number: str
    spot: str
    traits: tuple[Hashable, ...]


class CardIndex:
    """The cards in the order of the list. Sets of them hold until a card is put in or taken out."""

    def __init__(self, cards: Iterable[Card] = ()) -> None:
        ordered = sorted(cards, key=lambda card: card.spot)
        self._spots = [card.spot for card in ordered]
        self._spot_of = {card.id: card.spot for card in ordered}
        self._id_of = {card.number: card.id for card in ordered}
        self._words: dict[str, Bits] = {}
        self._sets: dict[str, dict[Hashable, Bits]] = {}
        for column, name in enumerate(TRAITS):
            places: dict[Hashable, list[int]] = {}
            for place, card in enumerate(ordered):
                places.setdefault(card.traits[column], []).append(place)
            self._sets[name] = {value: bits_of(found, len(ordered)) for value, found in places.items()}

    def __len__(self) -> int:
        return len(self._spots)

    @property
    def all(self) -> Bits:
        """The set of all cards."""
        return up_to(len(self))

    def sets_of(self, trait: str) -> Mapping[Any, Bits]:
        """Return the set of each value of a trait."""
        return self._sets[trait]

    def having(self, trait: str, value: Hashable) -> Bits:
        """Return the cards with one value of a trait."""
        return self._sets[trait].get(value, 0)

    def waiting_since(self, day: date) -> Bits:
        """Return the cards of wishes that wait since a day or longer."""
        return up_to(bisect_left(self._spots, day_spot(day + timedelta(days=1))))

    def before(self, spot: str) -> Bits:
        """Return the cards that stand before a spot."""
        return up_to(bisect_left(self._spots, spot))

    def after(self, spot: str) -> Bits:
        """Return the cards that stand behind a spot."""
        return self.all ^ up_to(bisect_right(self._spots, spot))

    def key_at(self, place: int) -> int:
        """Return the key of the card at a place."""
        return self._id_of[number_of(self._spots[place])]

    def spot_at(self, place: int) -> str:
        """Return the spot at a place."""
        return self._spots[place]

    def holding(self, word: str, find: Callable[[str], Iterable[int]]) -> Bits:
        """Return the cards whose text holds a word; `find` names their keys when the word was not asked for lately."""
        bits = self._words.pop(word, None)
        if bits is None:
            spots = (self._spot_of.get(key) for key in find(word))
            bits = bits_of((bisect_left(self._spots, spot) for spot in spots if spot), len(self))
        self._words[word] = bits
        if len(self._words) > MOST_WORDS:
            del self._words[next(iter(self._words))]
        return bits

    def forget_word(self, word: str) -> None:
        """Forget in which cards a word occurs."""
        self._words.pop(word, None)

    def put(self, card: Card, text: str) -> None:
        """Put a card in, in place of the one of the same wish; `text` is what words are looked for in."""
        self.remove(card.number)
        place = bisect_left(self._spots, card.spot)
        self._spots.insert(place, card.spot)
        self._spot_of[card.id] = card.spot
        self._id_of[card.number] = card.id
        for name, own in zip(TRAITS, card.traits, strict=True):
            sets = self._sets[name]
            sets.setdefault(own, 0)
            sets.update({value: open_gap(bits, place, value == own) for value, bits in sets.items()})
        self._words = {word: open_gap(bits, place, word in text) for word, bits in self._words.items()}

    def remove(self, number: str) -> None:
        """Take out the card of a wish, if it has one."""
        key = self._id_of.pop(number, None)
        if key is None:
            return
        place = bisect_left(self._spots, self._spot_of.pop(key))
        del self._spots[place]
        for sets in self._sets.values():
            sets.update({value: close_gap(bits, place) for value, bits in sets.items()})
        self._words = {word: close_gap(bits, place) for word, bits in self._words.items()}
