"""Every text of the portal exists in Chinese and in English."""

import re

import pytest
from babel.messages.catalog import Message

from tests.tooling.catalogue import english_catalogue, extract_catalogue, is_translated

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"</?[a-z][^>]*>")
# Names that English pages show in Chinese too.
CHINESE_IN_ENGLISH = re.compile("益同行|中文")
# Texts that are the same in both languages.
WITHOUT_CHINESE = {"English"}


@pytest.fixture(scope="module")
def texts() -> dict:
    """Return every text of the code and its message."""
    return {message.id: message for message in extract_catalogue() if message.id}


@pytest.fixture(scope="module")
def english() -> dict:
    """Return every text of the catalogue and its message."""
    return {message.id: message for message in english_catalogue() if message.id}


def test_every_text_has_its_english(texts, english):
    lacking = [text for text in texts if text not in english or not is_translated(english[text])]
    assert not lacking, f"{len(lacking)} texts lack their English (make translations lists them in the catalogue)"


def test_the_catalogue_holds_nothing_that_is_no_longer_used(texts, english):
    assert not set(english) - set(texts)


def test_english_keeps_placeholders_and_tags(english):
    for message in english.values():
        for source, text in _pairs(message):
            assert sorted(set(PLACEHOLDER.findall(source))) == sorted(set(PLACEHOLDER.findall(text))), source
            assert sorted(TAG.findall(source)) == sorted(TAG.findall(text)), source
        assert not list(message.check()), message.id


def test_english_is_english(english):
    for message in english.values():
        for _source, text in _pairs(message):
            assert not HAN.search(CHINESE_IN_ENGLISH.sub("", text)), message.id


def test_texts_in_the_code_are_chinese(texts):
    assert [text for text in texts if not CHINESE.search(str(text)) and text not in WITHOUT_CHINESE] == []


def _pairs(message: Message) -> list[tuple[str, str]]:
    """Return each source form beside its translation; forms that are not translated yet are left out."""
    plural = isinstance(message.id, list | tuple)
    source = message.id[-1] if plural else message.id
    texts = list(message.string or [])[1:] if plural else [message.string]
    return [(str(source), str(text)) for text in texts if text]
