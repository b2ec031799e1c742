"""The tables of `bot.language.tex`: TeX names and what a reader sees. Knows only names and characters.

Must not know how TeX is read. Code points are Unicode's; command names are those of plain TeX, LaTeX and AMS.
"""

from __future__ import annotations

from typing import Final

from bot.language.tables import listed

ACCENTS: Final = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
    "t": "\u0361",
    "hat": "\u0302",
    "widehat": "\u0302",
    "check": "\u030c",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "acute": "\u0301",
    "grave": "\u0300",
    "dot": "\u0307",
    "ddot": "\u0308",
    "breve": "\u0306",
    "bar": "\u0304",
    "vec": "\u20d7",
    "mathring": "\u030a",
    "overline": "\u0304",
}

_GREEK_SMALL: Final = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ "
    "lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ "
    "chi χ psi ψ omega ω digamma ϝ"
)
_GREEK_LARGE: Final = (
    "Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Pi Π Rho Ρ "
    "Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω varGamma Γ varDelta Δ varTheta Θ varLambda Λ varSigma Σ "
    "varPhi Φ varOmega Ω"
)
_LETTERS: Final = (
    "o ø O Ø l ł L Ł i ı j ȷ ae æ AE Æ oe œ OE Œ aa å AA Å ss ß SS ẞ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ "
    "ell ℓ hbar ℏ hslash ℏ planck ℏ Re ℜ Im ℑ wp ℘ aleph ℵ imath ı jmath ȷ angstrom Å"
)
_SIGNS: Final = (
    "sim ∼ approx ≈ simeq ≃ cong ≅ equiv ≡ propto ∝ neq ≠ ne ≠ leq ≤ le ≤ geq ≥ ge ≥ leqslant ≤ geqslant ≥ ll ≪ gg "
    "≫ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ lessgtr ≶ prec ≺ succ ≻ preceq ⪯ succeq ⪰ asymp ≍ lt < gt > "
    "times × cdot · cdotp · pm ± mp ∓ div ÷ ast ∗ star ⋆ bigstar ★ circ ∘ bullet • bigcirc ○ oplus ⊕ ominus ⊖ "
    "otimes ⊗ odot ⊙ sun ⊙ earth ⊕ wedge ∧ land ∧ vee ∨ lor ∨ neg ¬ lnot ¬ cap ∩ cup ∪ setminus ∖ uplus ⊎ in ∈ "
    "nsubseteq ⊈ nsupseteq ⊉ nsubset ⊄ nsupset ⊅ nmid ∤ nleq ≰ ngeq ≱ nleqslant ≰ ngeqslant ≱ nless ≮ ngtr ≯ nsim ≁ ncong ≇ "
    "nequiv ≢ napprox ≉ nparallel ∦ nprec ⊀ nsucc ⊁ npreceq ⋠ nsucceq ⋡ nvdash ⊬ nvDash ⊭ nVdash ⊮ nrightarrow ↛ nleftarrow ↚ "
    "nleftrightarrow ↮ nRightarrow ⇏ nLeftarrow ⇍ nLeftrightarrow ⇎ notni ∌ nni ∌ ntriangleleft ⋪ ntriangleright ⋫ "
    "subsetneq ⊊ supsetneq ⊋ varsubsetneq ⊊ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ lnsim ⋦ gnsim ⋧ precnsim ⋨ succnsim ⋩ "
    "notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ infty "
    "∞ partial ∂ nabla ∇ sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ to → "
    "rightarrow → longrightarrow ⟶ leftarrow ← gets ← leftrightarrow ↔ longleftrightarrow ⟷ Rightarrow ⇒ implies ⇒ "
    "Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ uparrow ↑ downarrow ↓ updownarrow ↕ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ "
    "rightharpoonup ⇀ leftharpoonup ↼ rightleftharpoons ⇌ rightsquigarrow ⇝ nearrow ↗ searrow ↘ twoheadrightarrow ↠ "
    "langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ vert | lvert | rvert | mid | Vert ‖ lVert ‖ rVert ‖ "
    "parallel ∥ perp ⊥ bot ⊥ top ⊤ angle ∠ triangle △ square □ Box □ blacksquare ■ diamond ⋄ Diamond ◇ lozenge ◊ "
    "models ⊨ vDash ⊨ vdash ⊢ dashv ⊣ ldots … dots … dotsc … dotsb … cdots ⋯ vdots ⋮ ddots ⋱ textellipsis … prime ′ "
    "backprime ‵ degree ° deg ° degr ° arcdeg ° textdegree ° arcmin ′ arcsec ″ farcs ″ farcm ′ fdg ° dag † dagger † "
    "ddag ‡ ddagger ‡ S § P ¶ copyright © textcopyright © textregistered ® circledR ® registered ® texttrademark ™ "
    "pounds £ euro € texteuro € yen ¥ checkmark ✓ lbrace { rbrace } lbrack [ rbrack ] backslash \\ textbackslash \\ "
    "slash / textasciitilde ~ textasciicircum ^ textunderscore _ textless < textgreater > textbar | textemdash — "
    "textendash – textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” lq ‘ rq ’ textmu μ micro "
    "μ textperthousand ‰ textbullet • textperiodcentered · colon : surd √ because ∵ therefore ∴ ltimes ⋉ rtimes ⋊ "
    "bowtie ⋈ flat ♭ natural ♮ sharp ♯ clubsuit ♣ heartsuit ♥ spadesuit ♠ male ♂ female ♀ venus ♀ mars ♂ "
)


def _pairs(words: str) -> dict[str, str]:
    flat = words.split()
    return dict(zip(flat[::2], flat[1::2], strict=True))


SYMBOLS: Final = {
    **_pairs(_GREEK_SMALL),
    **_pairs(_GREEK_LARGE),
    **_pairs(_LETTERS),
    **_pairs(_SIGNS),
    "quad": " ",
    "qquad": " ",
    "space": " ",
    "thinspace": " ",
    "newline": " ",
    "par": " ",
    "item": " • ",
    "xspace": "",
}

BLACKBOARD: Final = _pairs("A 𝔸 B 𝔹 C ℂ D 𝔻 E 𝔼 F 𝔽 G 𝔾 H ℍ N ℕ P ℙ Q ℚ R ℝ S 𝕊 T 𝕋 Z ℤ 1 𝟙")

FUNCTIONS: Final = listed(
    """
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max
    min mod Pr sec sin sinh sup tan tanh bmod argmax argmin sgn sign tr Tr rank diag
    """
)

LOOKS: Final = listed(
    """
    it rm bf em tt sc sf sl cal mit textbf textit textrm texttt textsc textsf textsl textup textnormal textmd text
    emph mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathnormal mathbin mathrel mathord
    boldsymbol bm bold pmb mbox hbox fbox underline uline underbar overrightarrow underbrace overbrace
    ul so ce ch num ang unit si small footnotesize scriptsize tiny normalsize large Large LARGE huge Huge ttfamily
    rmfamily sffamily bfseries itshape scshape mdseries upshape normalfont displaystyle textstyle scriptstyle
    scriptscriptstyle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm middle limits nolimits
    nonumber noindent centering protect ensuremath relax url path nolinkurl hl rev revise revised added replaced gls
    Gls glspl ac acp acl acs acf acrshort acrlong boxed textquotesingle substack
    enspace smash phantom mathstrut strut leavevmode unskip ignorespaces textlatin foreignlanguage verb lowercase
    uppercase MakeUppercase MakeLowercase
    """
)

DROPPED: Final = listed(
    """
    cite citep citet citealt citealp citeauthor citeyear citeyearpar citenum nocite autocite parencite textcite
    footcite Citet Citep ref eqref autoref cref Cref pageref label footnote footnotemark footnotetext thanks vspace
    hspace vskip hskip kern mkern color begin end bibliography bibliographystyle includegraphics index todo deleted
    hfill vfill pagestyle thispagestyle setlength selectlanguage raisebox rule faGithub ding bibitem input include
    tag hline maketitle cellcolor rowcolor
    """
)

WORDS: Final = {
    "eg": "e.g.",
    "ie": "i.e.",
    "etc": "etc.",
    "etal": "et al.",
    "kms": "km/s",
    "um": "μm",
    "bmod": "mod",
    "dd": "d",
}

#: Arrows that grow with what stands over them, which is left out.
LONG_ARROWS: Final = _pairs(
    "xrightarrow → xleftarrow ← xleftrightarrow ↔ xRightarrow ⇒ xLeftarrow ⇐ xLeftrightarrow ⇔ xhookrightarrow ↪ xhookleftarrow ↩ "
    "xmapsto ↦ xtwoheadrightarrow ↠ xrightharpoonup ⇀ xrightleftharpoons ⇌ xlongequal ="
)

#: What stands before, between and behind the arguments.
FENCES: Final[dict[str, tuple[str, ...]]] = {
    "bra": ("⟨", "|"), "Bra": ("⟨", "|"), "ket": ("|", "⟩"), "Ket": ("|", "⟩"),
    "ketbra": ("|", "⟩⟨", "|"), "dyad": ("|", "⟩⟨", "|"), "outerproduct": ("|", "⟩⟨", "|"), "op": ("|", "⟩⟨", "|"),
    "mel": ("⟨", "|", "|", "⟩"), "matrixel": ("⟨", "|", "|", "⟩"), "matrixelement": ("⟨", "|", "|", "⟩"),
    "expval": ("⟨", "⟩"), "ev": ("⟨", "⟩"), "expectationvalue": ("⟨", "⟩"), "avg": ("⟨", "⟩"), "mean": ("⟨", "⟩"),
    "norm": ("‖", "‖"), "abs": ("|", "|"), "absolutevalue": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "set": ("{", "}"),
    "inner": ("⟨", ", ", "⟩"), "ip": ("⟨", ", ", "⟩"), "innerproduct": ("⟨", ", ", "⟩"), "comm": ("[", ", ", "]"),
    "commutator": ("[", ", ", "]"), "acomm": ("{", ", ", "}"), "anticommutator": ("{", ", ", "}"), "pmod": (" (mod ", ")"),
}  # fmt: skip

_DIGITS: Final = "0123456789+-=()"
SUPERSCRIPTS: Final = dict(
    zip(
        _DIGITS + "abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾" + "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
SUBSCRIPTS: Final = dict(
    zip(_DIGITS + "aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎" + "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
