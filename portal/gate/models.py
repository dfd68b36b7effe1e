"""The table of reasons for which words that may point at somebody became public."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedText


class WordExcuse(Row):
    """Why somebody let marked words through: in what and which part of it, what marks, who and when. Append-only.

    The words themselves stand in the text; the reason may name somebody and is sealed.
    """

    __tablename__ = "word_excuses"
    __table_args__ = (Index("ix_word_excuses_subject", "subject_kind", "subject_ref", "part"),)

    subject_kind: Mapped[str]
    subject_ref: Mapped[str]
    part: Mapped[str]
    kinds: Mapped[str]
    reason: Mapped[str] = mapped_column(SealedText)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
