"""Pairs of opposites, each an axis with a plus and a minus side, and words for costs."""

from __future__ import annotations

AXES: dict[str, tuple[str, str]] = {
    "amount": (
        """
        increase increases increased increasing raise raises raised raising rise rises rose risen
        rising grow grows grew grown growing growth gain gains gained gaining higher highest more
        most larger largest bigger biggest greater greatest climb climbs climbed expand expands
        expanded enlarge enlarges lengthen lengthens lengthened prolong prolongs
        prolonged amplify amplifies doubles doubled
        increasingly widens widened elevated maximum maximal
        """,
        """
        decrease decreases decreased decreasing reduce reduces reduced reducing reduction
        reductions lower lowers lowered lowering lowest drop drops dropped dropping fall falls fell
        fallen falling
        decline declines declined declining shrink shrinks shrank shrunk shrinking
        cut cuts cutting less fewer fewest least smaller smallest diminish diminishes diminished
        lessen lessens lessened halve halves halved decreasingly narrows narrowed minimum minimal
        shorten shortens shortened suppress suppresses suppressed
        minimise minimize minimises minimizes minimised minimized
        """,
    ),
    "quality": (
        """
        better best improve improves improved improving improvement improvements outperform
        outperforms outperformed outperforming surpass surpasses surpassed surpassing exceed
        exceeds exceeded exceeding beat beats beating superior stronger strongest ahead enhance
        enhances enhanced enhancing enhancement enhancements boost boosts boosted boosting
        strengthen strengthens strengthened advance advances
        """,
        """
        worse worst worsen worsens worsened worsening degrade degrades degraded degrading
        degradation degradations deteriorate deteriorates deteriorated deterioration
        underperform underperforms underperformed underperforming inferior weaker weakest behind
        trail trails trailing lag lags lagging poorer poorest
        harm harms harmed impair impairs impaired hurt hurts weaken
        weakens hinder hinders
        """,
    ),
    "speed": (
        "faster fastest fast quicker quickest quick quickly rapid rapidly accelerate accelerates "
        "accelerated accelerating speedup speedups speeds sped",
        "slower slowest slow slowly slowdown slows slowed slowing decelerate decelerates "
        "decelerated",
    ),
    "balance": ("gain gains gained win wins won", "loss losses lose loses lost losing"),
    "place": ("above over beyond exceeding", "below under beneath"),
    "bound": ("", ""),
    "order": ("before earlier earliest first precedes", "after later latest last follows"),
    "length": ("longer longest long lengthy", "shorter shortest short brief"),
    "size": ("large big huge massive great", "small little tiny compact"),
    "level": ("high", "low"),
    "strength": ("strong stronger strongly robust", "weak weaker weakly fragile brittle"),
    "ease": ("easy easier easiest easily", "hard harder hardest difficult"),
    "price": ("cheap cheaper cheapest inexpensive", "expensive costly costlier dearer"),
    "openness": ("open open-source open-weight openly public publicly",
                 "closed proprietary closed-source private privately"),
    "outcome": ("succeed succeeds succeeded success successful successfully",
                "fail fails failed failure failing unsuccessful unsuccessfully"),
    "sight": ("visible seen", "invisible unseen hidden"),
    "holding": ("included includes contains covered present", "missing lacking absent"),
    "manner": ("well", "poorly badly"),
    "possibility": ("possible able can", "impossible unable cannot"),
    "permission": ("enable enables enabled allow allows allowed permits",
                   "prevent prevents prevented forbid forbids hinder hinders blocks"),
    "inclusion": ("include includes included including",
                  "exclude excludes excluded excluding omit omits omitted"),
    "adding": ("add adds added adding", "remove removes removed removing drops discards"),
    "frequency": ("always often frequently frequent common commonly usually",
                  "never rarely rare seldom infrequently"),
    "quantity": ("all every everything", "none nothing"),
    "value": ("positive positively", "negative negatively"),
    "truth": ("correct correctly right accurate accurately accuracy",
              "wrong wrongly incorrect incorrectly inaccurate inaccurately"),
    "simplicity": ("simple simpler simplest simplify simplifies",
                   "complex complicated complicate complicates"),
    "difference": ("same identical equal equally alike similar",
                   "different differently unequal unlike dissimilar"),
    "width": ("wide wider widest widen broad broader", "narrow narrower narrowest"),
    "depth": ("deep deeper deepest", "shallow shallower shallowest"),
    "density": ("dense denser densest", "sparse sparser sparsest"),
    "connection": ("online", "offline"),
    "stability": ("stable stabilises stabilizes", "unstable destabilises destabilizes"),
    "presence": ("present presence", "absent absence"),
    "necessity": ("necessary required", "unnecessary optional"),
    "scope": ("local locally", "global globally"),
    "support": ("support supports supported", "contradict contradicts contradicted"),
    "start": ("start starts started begin begins began", "end ends ended stop stops stopped"),
    "keeping": ("keep keeps kept retains preserves maintains", "loses discards abandons"),
    "age": ("new newer newest", "old older oldest"),
    "earliness": ("early", "late"),
    "distance": ("near nearer close closer closest", "far farther further distant"),
    "heat": ("warm hot", "cold cool"),
    "direction": ("upward upwards up", "downward downwards down"),
    "dependence": ("dependent depends", "independent independently"),
    "company": ("with", "without"),
    "precision": ("coarse coarser", "fine finer"),
    "acceptance": ("accept accepts accepted", "reject rejects rejected"),
    "favour": ("advantage advantages benefit benefits", "disadvantage disadvantages drawback"),
}  # fmt: skip

# The axes on which any word nearby tells enough; on the others a neighbouring word must agree.
STRONG = frozenset("amount quality speed outcome".split())
# The axes on which a denial turns a word into its opposite: not possible, not significant.
TURNED = frozenset(AXES) - frozenset("place order company bound direction distance".split())

COSTS = frozenset(
    """
    error errors wer cost costs time latency energy memory loss losses perplexity hallucination
    hallucinations delay overhead fid rate compute computation complexity bias variance noise
    forgetting risk gap regret alarms mistakes parameters tokens
    """.split()
)
