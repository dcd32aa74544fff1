"""An epoch says which epoch it goes on from: backups may be restored in any order.

Revision ID: 0002
Revises: 0001
"""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('restore_point') as batch:
        batch.add_column(sa.Column('parent', sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('restore_point') as batch:
        batch.drop_column('parent')
