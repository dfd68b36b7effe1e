"""Table of counted tries."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Tries(Base):
    """How often something was tried in one window of time."""

    __tablename__ = "tries"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
