"""Tables of areas; the district itself is the installation."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


class ServiceCentre(Row):
    """A public place where wishes are collected and goods change hands."""

    __tablename__ = "service_centres"

    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    hours: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class Community(Row):
    """A community of a service centre; its grid work station has an address of its own."""

    __tablename__ = "communities"
    __table_args__ = (UniqueConstraint("service_centre_id", "name"),)

    service_centre_id: Mapped[int] = mapped_column(ForeignKey("service_centres.id"), index=True)
    name: Mapped[str]
    station_address: Mapped[str]


class Grid(Row):
    """The smallest area, looked after by a grid worker."""

    __tablename__ = "grids"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str]
