"""Words that mean alike in papers, and words that mean nothing by themselves."""

from __future__ import annotations

# The first word of a line names the group. Opposites never share a line.
SYNONYMS = (
    "use used uses employ utilise utilize leverage adopt exploit apply harness via using",
    "improve enhance boost strengthen improvement better enhancement",
    "increase raise rise grow growth gain higher elevate climb",
    "reduce decrease lower cut shrink drop fall decline lessen diminish reduction cheaper fewer",
    "outperform surpass exceed beat outdo superior",
    "large big huge massive larger bigger vast",
    "small little tiny smaller compact",
    "fast quick rapid faster quicker speed speedup accelerate swift",
    "slow slower slowly",
    "image picture photograph photo photographed pictures visual vision",
    "question query queries ask asked",
    "dataset corpus corpora data collection set",
    "release publish publicly public open openly available share shared released access",
    "error mistake wrong incorrect incorrectly err faulty false misread",
    "correct right accurate accuracy accurately correctly precision",
    "ship vessel boat ferry ferries",
    "speech spoken voice speak speaker talk oral",
    "telephone phone smartphone mobile",
    "train training learn learnt learned learning teach fit fine-tune finetune fine-tuned tune",
    "evaluate test assess evaluation experiment measure examine benchmark trial study",
    "need require necessity demand necessary",
    "build construct create make built made form generate produce",
    "people human person humans crew operator participant",
    "method approach technique scheme strategy procedure algorithm",
    "score reach achieve attain obtain get yield hit deliver",
    "fail failure unable cannot break struggle",
    "show demonstrate reveal indicate find found finding report prove shown",
    "remain stay keep kept retain maintain preserve persist hold",
    "remove drop discard eliminate delete prune strip",
    "add extra additional append further another adding",
    "cost expense price expensive charge",
    "half halve fifty",
    "double twice two doubling",
    "triple thrice three",
    "several multiple many various number numerous",
    "different distinct diverse separate",
    "similar alike comparable equal same equally identical",
    "begin start initial first early",
    "end finish stop final last cease",
    "choose select pick decide choice",
    "assign allocate spend",
    "predict forecast prediction estimate",
    "understand comprehension understanding read reading reader",
    "task problem job challenge",
    "new novel newest",
    "develop design devise introduce propose present",
    "succeed successor success follow",
    "predecessor previous earlier prior former before precede",
    "variant version edition",
    "part component piece module",
    "important key crucial vital main essential central",
    "allow enable permit let",
    "avoid prevent avert escape",
    "change modify alter modification adapt adjust adaptation",
    "detect identify recognise recognize spot locate discover",
    "recognition recogniser recognizer transcribe transcript transcription transcripts",
    "answer respond reply response answers replies",
    "noise noisy din loud",
    "memory store storage stored remember",
    "time duration second seconds latency long delay minute hour",
    "word term vocabulary",
    "robust reliable dependable dependably reliably robustness reliability trust",
    "hard difficult challenging tough difficulty",
    "easy simple simply straightforward",
    "combine merge join integrate unify fuse unified combination integrated",
    "gather collect harvest assemble compile curated collected",
    "label annotate annotation labelled labeled annotated",
    "vanish disappear absent missing lost gone lose loss",
    "often usual usually frequently typically commonly common ordinary",
    "network net neural",
    "without lack absence free",
    "limit limited limitation restrict bound limitations restricted",
    "limit weakness drawback shortcoming",
    "document page paper form",
    "crop cut-out excerpt",
    "look see view glance inspect",
    "enforce ensure guarantee",
    "faulty flawed defective",
    "night dark darkness nighttime",
    "copy copied transfer duplicate",
    "gap difference margin distance",
    "energy power electricity",
    "language linguistic",
    "proprietary commercial closed closed-source",
    "open open-source open-weight",
    "leading ahead lead best top state-of-the-art sota",
    "agent assistant system",
    "reward incentive credit",
    "device tablet hardware machine",
    "run operate work works perform performance",
    "explain account explanation reason",
    "consist comprise contain include hold cover span encompass",
    "cover support handle",
    "based upon grounded rest",
    "compare comparison against versus relative compared",
    "people's humans'",
    "instrument dial gauge panel",
    "consistent consistently always",
    "whole entire complete full completely fully entirely",
    "quickly fast",
    "kind type sort category class",
    "resolution detail detailed fine",
    "general generic broad wide widely",
    "ability capability capable able capacity",
    "analyse analyze analysis investigate explore study delve",
    "compute calculate computation computational",
    "parameter weight size",
    "architecture structure backbone",
    "framework pipeline system",
    "effective effectively efficacy useful helpful",
    "efficient efficiency economical efficiently",
    "recover restore regain recovered",
    "ask request",
    "raw unprocessed",
    "wait hesitate",
    "mix blend mixed mixture",
    "depend hinge rely depends",
    "damage damaged harm hurt degrade worsen",
    "worse poor poorly bad badly inferior",
    "skip omit ignore",
    "quiet silent silently silence",
    "occur happen appear arise",
    "expand extend scale enlarge extension",
    "publicly freely",
    "affect effect influence impact",
    "prefer favour favor preference",
    "happen event",
    "survey review overview",
)

FUNCTION_WORDS = frozenset(
    """
    a an the this that these those it its itself they them their theirs he she his her him who
    whom whose which what when where why how we our ours us you your i me my one ones
    and or but nor so yet if then else than as at by for from in into of off on onto out over per
    to toward towards up upon with within without about above across after against along among
    amongst around before behind below beneath beside besides between beyond during except inside
    near outside since through throughout till under until via while whereas although though
    because unless whether once
    is are was were be been being am do does did done doing has have had having can could may
    might must shall should will would cannot get gets got
    not no none never neither n't don't doesn't didn't isn't aren't wasn't weren't can't won't
    only also just even still too very much more most less least many few some any all both each
    every either other others another such own same so again ever here there now thus hence
    therefore however moreover furthermore additionally meanwhile otherwise instead rather quite
    almost nearly roughly approximately about around up exactly
    well e.g i.e eg ie etc al vs resp
    paper papers work works study article authors author researchers report reports survey
    introduce introduces introduced introducing propose proposes proposed proposing present
    presents presented describe describes described
    new novel
    called named termed dubbed known
    one two three four five six seven eight nine ten eleven twelve
    """.split()
)
