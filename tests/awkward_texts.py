"""Random texts that often hold what makes LaTeX, sentences and file names hard."""

from __future__ import annotations

from hypothesis import strategies as st

AWKWARD = st.text(alphabet="\\${}~`'\"%&_^-.!?。…()[]:;, \n\t/aAéß1\u00ad\ufffe", max_size=60)
ANY = st.one_of(st.text(), AWKWARD)
