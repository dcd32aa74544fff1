"""Step 0003: indexes hold only what is looked for: NIK that are known, taps of an author.  A time nobody read is gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

import models.database

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("record", "updated_at")
    for name in ("ix_record_nik_index", "ix_record_kk_index"):
        op.drop_index(name, table_name="record")
    op.drop_index("ix_edit_author", table_name="edit")
    known, taps = text("nik_index IS NOT NULL"), text("is_tap")
    op.create_index("ix_record_nik_index", "record", ["nik_index"], sqlite_where=known, postgresql_where=known)
    op.create_index("ix_edit_author", "edit", ["author", "received_at"], sqlite_where=taps, postgresql_where=taps)


def downgrade() -> None:
    op.drop_index("ix_edit_author", table_name="edit")
    op.drop_index("ix_record_nik_index", table_name="record")
    for name in ("nik_index", "kk_index"):
        op.create_index(f"ix_record_{name}", "record", [name])
    op.create_index("ix_edit_author", "edit", ["author"])
    op.add_column("record", sa.Column("updated_at", models.database.Utc(timezone=True), nullable=True))
