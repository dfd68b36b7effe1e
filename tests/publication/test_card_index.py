"""The card index answers as going through a plain list of cards would, whatever is put in and taken out."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.publication.bits import bits_of, first_places, last_places
from portal.publication.card_index import TRAITS, Card, CardIndex
from portal.publication.paging import Mark

MONDAY = date(2026, 11, 23)

days = st.integers(0, 4).map(lambda ago: MONDAY - timedelta(days=ago))
traits = st.tuples(*(st.sampled_from(("a", "b", None)) for _trait in TRAITS))
texts = st.text("书包", max_size=3)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("ABCDEF"), days, traits, texts),
        st.tuples(st.just("remove"), st.sampled_from("ABCDEF")),
        st.tuples(st.just("seek"), st.sampled_from(("书", "包书"))),
    ),
    max_size=14,
)


class Pile:
    """The same as a card index, done in the plainest way."""

    def __init__(self):
        self.cards = {}

    def put(self, card, text):
        self.cards[card.number] = card, text

    def in_order(self):
        return sorted(self.cards.values(), key=lambda each: each[0].spot)

    def where(self, fits):
        return {place for place, (card, text) in enumerate(self.in_order()) if fits(card, text)}

    def keys_holding(self, word):
        return [card.id for card, text in self.cards.values() if word in text]


def do(act, serial, index, pile):
    name, what, *more = act
    if name == "put":
        day, own, text = more
        card = Card(serial, what, Mark(day, what).spot, own)
        index.put(card, text)
        pile.put(card, text)
    elif name == "remove":
        index.remove(what)
        pile.cards.pop(what, None)
    else:
        index.holding(what, pile.keys_holding)


def places(bits):
    return set(first_places(bits, 99))


def fail(_word):
    raise AssertionError("a word that was asked for before is not looked for again")


@settings(max_examples=200)
@given(acts, days, st.data())
def test_index_and_pile_agree_after_any_history(history, day, data):
    index, pile, sought = CardIndex(), Pile(), set()
    for serial, act in enumerate(history):
        do(act, serial, index, pile)
        sought |= {act[1]} if act[0] == "seek" else set()
    cards = [card for card, _text in pile.in_order()]
    assert [index.spot_at(place) for place in range(len(index))] == [card.spot for card in cards]
    for column, name in enumerate(TRAITS):
        for value, bits in index.sets_of(name).items():
            assert places(bits) == pile.where(lambda card, _text, c=column, v=value: card.traits[c] == v)
    assert places(index.waiting_since(day)) == pile.where(lambda card, _text: Mark.at(card.spot).waiting_since <= day)
    for word in sought:
        assert places(index.holding(word, fail)) == pile.where(lambda _card, text, w=word: w in text)
    spot = Mark(day, data.draw(st.sampled_from("ABCDEFG"))).spot
    assert places(index.before(spot)) == pile.where(lambda card, _text: card.spot < spot)
    assert places(index.after(spot)) == pile.where(lambda card, _text: card.spot > spot)
    rebuilt = CardIndex(cards)
    for name in TRAITS:
        assert {value: bits for value, bits in index.sets_of(name).items() if bits} == dict(rebuilt.sets_of(name))


@given(st.sets(st.integers(0, 20_000), max_size=60), st.integers(0, 30))
def test_first_and_last_places_come_in_their_order(chosen, count):
    bits = bits_of(chosen, 20_001)
    assert bits == sum(1 << place for place in chosen)
    assert first_places(bits, count) == sorted(chosen)[:count]
    assert last_places(bits, count) == sorted(chosen)[max(0, len(chosen) - count) :]
