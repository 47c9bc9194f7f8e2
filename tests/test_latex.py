from __future__ import annotations

import pytest
from hypothesis import given, settings

from pipeline.latex import plain
from tests.awkward_texts import ANY


@pytest.mark.parametrize(
    ("latex", "readable"),
    [
        (r"a gain of 16.0\%", "a gain of 16.0%"),
        (r"4.05$\times$ faster", "4.05× faster"),
        (r"448$\times$448", "448×448"),
        (r"$17\times$ and $10^{-3}$", "17× and 10^-3"),
        (r"\textbf{O}utcome \textit{and} \emph{more}", "Outcome and more"),
        (r"{\bf bold} and \textbf {x}", "bold and x"),
        (r"at \url{https://a.example/~b_c}.", "at https://a.example/~b_c."),
        (r"code\footnote{https://a.example/x\_y}.", "code (https://a.example/x_y)."),
        (r"models~(FN) of Fig.~2", "models (FN) of Fig. 2"),
        ("about ~10 h (~$5) in ~/home", "about ~10 h (~$5) in ~/home"),
        (r"$\log_2(block_M)$", "log_2(block_M)"),
        (r"$\alpha$, $\Omega$, $\varphi_1$, \lambda", "α, Ω, φ_1, λ"),
        (r"$\frac{a}{b}$, $\sqrt{x}$, $45^\circ$, $\mathcal{O}(n)$", "a/b, √(x), 45°, O(n)"),
        (r"\& \_ \# \{ \$", "& _ # { $"),
        ("``quoted'' but 5''", "“quoted” but 5”"),
        ("five'' by itself {}", "five'' by itself"),
        (r"J\"org M\"{u}ller, Fran\c{c}ois, \'{\i}, \"q", 'Jörg Müller, François, í, \\"q'),
        (r"as shown~\cite[p.~3]{a,b}, \label{x}see", "as shown, see"),
        (r"10\,000 units\\next \(x\) \[y\]", "10 000 units next x y"),
        ("costs $5 and $10, or $5-$10 each", "costs $5 and $10, or $5-$10 each"),
        (r"C:\temp\new and {\unknown{x}}", "C:\\temp\\new and x"),
        (r"\href{https://a.example}{here}", "https://a.example here"),
        (r"$a~b$", "a b"),
        ("set ({FN-2) }}", "set (FN-2)"),
        (r"\footnote{never closed", "(never closed)"),
        ("\\", "\\"),
        (" two\n\n lines\t", "two lines"),
    ],
)
def test_plain(latex: str, readable: str) -> None:
    assert plain(latex) == readable


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_plain_takes_anything(text: str) -> None:
    shown = plain(text)
    assert shown == " ".join(shown.split())
