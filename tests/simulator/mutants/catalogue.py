"""All planted bugs by name."""

from tests.simulator.mutants import merging, phones, sending, writing
from tests.simulator.mutants.plant import Mutant

CATALOGUE: dict[str, Mutant] = {
    one.name: one for one in (*writing.MUTANTS, *merging.MUTANTS, *sending.MUTANTS, *phones.MUTANTS)
}
