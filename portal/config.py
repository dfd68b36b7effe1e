"""Every setting of the portal, documented where it is defined.

Settings come from the environment (names begin with PORTAL_) and, below it,
from the file that `portal init` writes. A wrong value, a missing key or an
unknown name stops the start and says which.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from portal.keys import decode_key

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PORTAL_"
STRIPE_API = "https://api.stripe.com"
NO_GATEWAY = "none"
KNOWN_GATEWAYS = frozenset({"sandbox", "stripe", "bank_transfer"})
"""Names that PORTAL_GATEWAYS may hold; each is made in portal/giving/gateways/registry.py."""


_PLAIN_WORDS = {"missing": "is missing", "extra_forbidden": "is no setting; `portal settings` lists all there are"}


class SettingsWrong(Exception):
    """The environment or the settings file holds a value the portal cannot start with."""


class Settings(BaseSettings):
    """The settings one running portal has."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    environment: Literal["production", "demo", "test"] = Field(
        "production",
        description="demo shows messages and one-time codes on a page of their own; test is for the suite.",
    )
    database_url: str = Field(
        f"sqlite:///{ROOT}/instance/portal.db",
        description="sqlite:///absolute/path.db or postgresql://user:password@host/name.",
    )
    secret_key: SecretStr = Field(description="Signs sessions and forms; at least 32 characters.")
    sealing_keys: Annotated[list[SecretStr], NoDecode] = Field(
        description="Comma-separated keys (URL-safe base64 of 32 bytes) that encrypt identities; "
        "the first one writes, all of them read.",
    )
    index_key: SecretStr = Field(
        description="Key (URL-safe base64 of 32 bytes) of all keyed hashes and derived codes; never changes.",
    )
    ledger_keys: Annotated[list[SecretStr], NoDecode] = Field(
        description="Comma-separated Ed25519 keys (URL-safe base64 of 32 bytes) of the public ledger's checkpoints; "
        "the first one signs, the others have signed before.",
    )
    ledger_name: str = Field(
        "",
        description="Name under which checkpoints are signed, such as example.org/ledger; it never changes once there "
        "are any. Empty means the host of PORTAL_BASE_URL and /ledger.",
    )
    ledger_publish_path: str = Field(
        "",
        description="Folder where the public ledger is written as files once a day, for copies elsewhere; "
        "empty for none.",
    )
    base_url: str = Field(
        "http://127.0.0.1:8000", description="The portal's public address, used in mails and QR codes."
    )
    trusted_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Comma-separated host names the portal answers to; empty means the host of PORTAL_BASE_URL "
        "and loopback.",
    )
    proxy_count: int = Field(0, ge=0, le=5, description="How many reverse proxies in front add X-Forwarded-For.")
    files_path: Path = Field(ROOT / "instance" / "files", description="Folder of uploaded photos and slips.")

    foundation_name: str = Field("崂山区公益基金会", description="The foundation that runs the portal, in Chinese.")
    foundation_name_en: str = Field("Laoshan Public Welfare Foundation", description="The same in English.")
    bureau_name: str = Field("崂山区民政局", description="The civil-affairs bureau that supervises, in Chinese.")
    bureau_name_en: str = Field("Laoshan Civil Affairs Bureau", description="The same in English.")
    district_name: str = Field("崂山区", description="The district, in Chinese.")
    district_name_en: str = Field("Laoshan District", description="The same in English.")
    contact_phone: str = Field("0532-55500000", description="Telephone number on every page.")

    mail_url: str = Field(
        "smtp://127.0.0.1:25",
        description="smtp://[user:password@]host:port, smtps:// for TLS from the start, or demo: for the demo page.",
    )
    mail_from: str = Field("noreply@yitongxing.example", description="Sender address of mails.")
    sms_url: str = Field(
        "",
        description="Address of the SMS gateway (HTTP POST of signed JSON), demo: for the demo page, empty for none.",
    )
    sms_key: SecretStr = Field(SecretStr(""), description="Shared secret that signs requests to the SMS gateway.")

    gateways: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Comma-separated ways to pay, in the order donors see them: sandbox, stripe, bank_transfer; "
        "or none. Empty: the sandbox in a demo, none in production. The sandbox moves no money; production refuses it.",
    )
    sandbox_path: Path = Field(
        ROOT / "instance" / "sandbox.db", description="File of the sandbox, the invented payment provider of a demo."
    )
    stripe_secret_key: SecretStr = Field(
        SecretStr(""),
        description="Secret or restricted key of the Stripe account: sk_live_ or rk_live_ in production, a key of test "
        "mode (sk_test_, rk_test_) anywhere else.",
    )
    stripe_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Signing secret (whsec_) of the webhook endpoint at /giving/webhooks/stripe of PORTAL_BASE_URL.",
    )
    stripe_api_url: str = Field(
        STRIPE_API, description="Where Stripe's API is; production takes no other address than this one."
    )

    bank_account_name: str = Field(
        "", description="Holder of the foundation's bank account, for gifts by bank transfer."
    )
    bank_name: str = Field("", description="Bank and branch of that account.")
    bank_account: str = Field("", description="Number of that account.")

    password_memory_kib: int = Field(65536, ge=8, description="Argon2id memory in KiB.")
    password_passes: int = Field(3, ge=1, description="Argon2id passes.")
    session_hours: int = Field(10, ge=1, le=72, description="Hours until a signed-in person must sign in again.")
    smallest_cell: int = Field(
        5,
        ge=1,
        description="How many public wishes must share what is shown of age, group and service centre; "
        "at least 3 outside tests.",
    )
    upload_bytes: int = Field(10_000_000, ge=100_000, description="Largest upload in bytes.")
    workers: int = Field(2, ge=1, le=64, description="Server processes of `portal serve`.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged.")

    @field_validator("sealing_keys", "ledger_keys", "gateways", "trusted_hosts", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("gateways")
    @classmethod
    def _check_gateways(cls, value: list[str]) -> list[str]:
        unknown = sorted(set(value) - KNOWN_GATEWAYS)
        if unknown and value != [NO_GATEWAY]:
            raise ValueError(f"knows {', '.join(sorted(KNOWN_GATEWAYS))}, not {', '.join(unknown)}")
        return list(dict.fromkeys(value))

    @field_validator("secret_key")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @field_validator("index_key")
    @classmethod
    def _check_index_key(cls, value: SecretStr) -> SecretStr:
        decode_key(value.get_secret_value())
        return value

    @field_validator("sealing_keys", "ledger_keys")
    @classmethod
    def _check_key_list(cls, value: list[SecretStr]) -> list[SecretStr]:
        if not value:
            raise ValueError("needs at least one key")
        for key in value:
            decode_key(key.get_secret_value())
        return value

    @field_validator("ledger_name")
    @classmethod
    def _check_ledger_name(cls, value: str) -> str:
        if any(char.isspace() or char == "+" or not char.isprintable() for char in value):
            raise ValueError("must have no spaces and no +")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("mail_url")
    @classmethod
    def _check_mail(cls, value: str) -> str:
        if not value.startswith(("smtp://", "smtps://", "demo:")):
            raise ValueError("must begin with smtp://, smtps:// or demo:")
        return value

    @field_validator("sms_url")
    @classmethod
    def _check_sms(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://", "demo:")):
            raise ValueError("must begin with https://, http:// or demo:, or be empty")
        return value

    @model_validator(mode="after")
    def _no_stand_ins_in_production(self) -> "Settings":
        if self.environment == "production" and "demo:" in (self.mail_url, self.sms_url):
            raise ValueError("PORTAL_MAIL_URL and PORTAL_SMS_URL: the demo mailbox cannot be used in production")
        if self.environment == "production" and "sandbox" in self.chosen_gateways:
            raise ValueError("PORTAL_GATEWAYS: the sandbox gateway cannot be used in production")
        return self

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> "Settings":
        """Refuse to thank for money that is play, and to take money that is real where everything else is play."""
        if "stripe" not in self.chosen_gateways:
            return self
        mode = "live" if self.environment == "production" else "test"
        if not self.stripe_secret_key.get_secret_value().startswith((f"sk_{mode}_", f"rk_{mode}_")):
            raise ValueError(f"PORTAL_STRIPE_SECRET_KEY must be a key of {mode} mode in {self.environment}")
        if not self.stripe_webhook_secret.get_secret_value().startswith("whsec_"):
            raise ValueError("PORTAL_STRIPE_WEBHOOK_SECRET must begin with whsec_")
        if self.environment == "production" and self.stripe_api_url != STRIPE_API:
            raise ValueError("PORTAL_STRIPE_API_URL cannot be changed in production")
        return self

    @model_validator(mode="after")
    def _transfers_have_their_account(self) -> "Settings":
        is_whole = all((self.bank_account_name, self.bank_name, self.bank_account))
        if "bank_transfer" in self.chosen_gateways and not is_whole:
            raise ValueError(
                "gifts by bank transfer need PORTAL_BANK_ACCOUNT_NAME, PORTAL_BANK_NAME and PORTAL_BANK_ACCOUNT"
            )
        return self

    @property
    def ledger_origin(self) -> str:
        """The name of the public ledger's log, as its checkpoints carry it."""
        address = urlsplit(self.base_url)
        return self.ledger_name or f"{address.netloc}{address.path.rstrip('/')}/ledger"

    @model_validator(mode="after")
    def _nobody_stands_alone(self) -> "Settings":
        if self.environment != "test" and self.smallest_cell < 3:
            raise ValueError("PORTAL_SMALLEST_CELL must be at least 3")
        return self

    @property
    def chosen_gateways(self) -> list[str]:
        """The names of the ways to pay online."""
        if not self.gateways and self.environment != "production":
            return ["sandbox"]
        return [name for name in self.gateways if name != NO_GATEWAY]

    @property
    def is_demo(self) -> bool:
        """Tell whether stand-ins and their pages are switched on."""
        return self.environment == "demo"


def settings_file() -> Path:
    """Return the path of the settings file, which PORTAL_SETTINGS_FILE can move."""
    return Path(os.environ.get("PORTAL_SETTINGS_FILE", ROOT / "instance" / "portal.env"))


def load_settings() -> Settings:
    """Read the settings of this process: the environment first, the settings file below it.

    Raises SettingsWrong naming each wrong, missing or unknown setting.
    """
    stored = {name: value for name, value in dotenv_values(settings_file()).items() if value is not None}
    values = stored | {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    values.pop("PORTAL_SETTINGS_FILE", None)
    fields: dict[str, Any] = {name.removeprefix(PREFIX).lower(): value for name, value in values.items()}
    try:
        return Settings(**fields)
    except ValidationError as error:
        lines = [f"  {_sentence(problem)}" for problem in error.errors()]
        raise SettingsWrong("Settings that stop the start:\n" + "\n".join(lines)) from None


def _sentence(problem: ErrorDetails) -> str:
    """Return what is wrong with which setting, without its value; what concerns several names them itself."""
    words = _PLAIN_WORDS.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
    colon = "" if problem["type"] in _PLAIN_WORDS else ":"
    return f"{PREFIX}{str(problem['loc'][0]).upper()}{colon} {words}" if problem["loc"] else words
