"""Search in public texts by an index, and the public changes by their count"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "publication_changes",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publication_changes")),
    )
    with op.batch_alter_table("publication_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_changes_version"), ["version"], unique=False)
    note_changes()
    if is_postgresql():
        op.execute(GRAMS_OF)
    add_gram_index("publications", "search_text", "{row}.status = 'live'")


def note_changes() -> None:
    """Note each change of a live text, without a count, and give all that wait the count when it is raised."""
    note = (
        "INSERT INTO publication_changes (number, version) VALUES ({row}.number, NULL)"
        " ON CONFLICT (number) DO UPDATE SET version = NULL"
    )
    stamp = "UPDATE publication_changes SET version = new.version WHERE version IS NULL"
    if not is_postgresql():
        for act, row, is_live in (
            ("INSERT", "new", "new.status = 'live'"),
            ("UPDATE", "new", "old.status = 'live' OR new.status = 'live'"),
            ("DELETE", "old", "old.status = 'live'"),
        ):
            op.execute(
                f"CREATE TRIGGER publications_note_{act.lower()} AFTER {act} ON publications"
                f" WHEN {is_live} BEGIN {note.format(row=row)}; END"
            )
        op.execute(f"CREATE TRIGGER public_versions_stamp AFTER UPDATE ON public_versions BEGIN {stamp}; END")
        return
    op.execute(
        "CREATE FUNCTION publications_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'DELETE' AND NEW.status = 'live' THEN {note.format(row='NEW')};"
        f" ELSIF TG_OP <> 'INSERT' AND OLD.status = 'live' THEN {note.format(row='OLD')}; END IF;"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER publications_note AFTER INSERT OR UPDATE OR DELETE ON publications"
        " FOR EACH ROW EXECUTE FUNCTION publications_note()"
    )
    op.execute(
        "CREATE FUNCTION public_versions_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {stamp}; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER public_versions_stamp AFTER UPDATE ON public_versions"
        " FOR EACH ROW EXECUTE FUNCTION public_versions_stamp()"
    )


GRAMS_OF = (
    "CREATE FUNCTION grams_of(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS"
    " $$ SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM"
    " (SELECT letter, letter || coalesce(lead(letter) OVER (ORDER BY place), '') AS pair"
    ' FROM string_to_table(lower(given COLLATE "C"), NULL) WITH ORDINALITY AS letters(letter, place)) AS found,'
    " LATERAL (VALUES (letter), (pair)) AS grams(gram) $$"
)
GRAMS_IN_SQLITE = (
    "(SELECT group_concat(hex(substr(lower({text}), key + 1, 1)) || ' ' || hex(substr(lower({text}), key + 1, 2)), ' ')"
    " FROM json_each('[' || rtrim(replace(hex(zeroblob(length({text}))), '00', '0,'), ',') || ']'))"
)


def add_gram_index(table: str, column: str, condition: str = "TRUE") -> None:
    """Index the characters and pairs of characters of a column, of the rows that fit a condition, and of those there.

    SQLite has a table of its own for it and triggers that fill it.
    """
    name = f"{table}_grams"
    if is_postgresql():
        where = condition.replace("{row}.", "")
        op.execute(
            f"CREATE INDEX {name} ON {table} USING gin (grams_of({column})) WITH (fastupdate = off) WHERE {where}"
        )
        return
    of_old, of_new = condition.format(row="old"), condition.format(row="new")
    old, new = (GRAMS_IN_SQLITE.format(text=f"{row}.{column}") for row in ("old", "new"))
    op.execute(
        f"CREATE VIRTUAL TABLE {name} USING fts5(grams, content='', columnsize=0, detail=none, tokenize='ascii')"
    )
    op.execute(
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} WHEN {of_new} BEGIN"
        f" INSERT INTO {name}(rowid, grams) VALUES (new.id, {new}); END"
    )
    op.execute(
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} WHEN {of_old} BEGIN"
        f" INSERT INTO {name}({name}, rowid, grams) VALUES ('delete', old.id, {old}); END"
    )
    op.execute(
        f"CREATE TRIGGER {name}_update AFTER UPDATE ON {table}"
        f" WHEN ({of_old}) <> ({of_new}) OR old.{column} <> new.{column} BEGIN"
        f" INSERT INTO {name}({name}, rowid, grams) SELECT 'delete', old.id, {old} WHERE {of_old};"
        f" INSERT INTO {name}(rowid, grams) SELECT new.id, {new} WHERE {of_new}; END"
    )
    op.execute(
        f"INSERT INTO {name}(rowid, grams) SELECT id, {GRAMS_IN_SQLITE.format(text=column)} FROM {table}"
        f" WHERE {condition.replace('{row}.', '')}"
    )
