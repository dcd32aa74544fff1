"""How two copies of a record become one: a pure core, and a shell that runs it on a session it is given."""
