"""How two copies of a record become one."""
