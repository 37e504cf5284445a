"""The wording that is passed around to make a model drop its instructions, by language.

Each phrase needs a verb, an object and what goes before them ("ignore", "instructions", "previous"), so that a text
about instructions is not one that gives them. A blank stands for any few blanks and line ends.
"""

_OBJECT = (
    r"(?:instructions?|prompts?|directions?|directives?|rules|guidelines|messages?|commands?"
    r"|orders|context|training|programming)"
)
_BEFORE = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|initial|original|existing|current"
    r"|past|system|your|my)"
)
PHRASES = {
    "en": (
        rf"(?:ignore|disregard|forget|override|bypass|discard|neglect) (?:(?:all|any"
        rf"|every|everything|of|the|these|those|and|or|your|my|our) ){{0,4}}{_BEFORE} (?:(?"
        rf":and|or|system|initial|{_BEFORE}) ){{0,3}}{_OBJECT}"
        r"|(?:ignore|disregard|forget) (?:all|everything) (?:of )?(?:the )?(?:above"
        r"|before|previous|prior)\b(?! (?:mentioned|average))"
        r"|(?:ignore|disregard|forget) (?:all )?(?:the )?(?:instructions?"
        r"|prompts?|text|everything) (?:above|before this|you (?:were|have been) "
        r"(?:given|told))"
        r"|(?:reveal|print|repeat|output|show|display|leak|disclose|tell me) (?:me )?(?:all"
        r" (?:of )?)?(?:your|the) (?:(?:full|entire|exact|hidden|secret"
        r"|initial|original|complete) ){0,2}(?:system|hidden|initial|secret|original) (?:prompt"
        r"|instructions?|message)"
        r"|you are (?:now|no longer) (?:(?:in )?(?:developer"
        r"|debug|god|admin|jailbreak|unrestricted) mode|dan\b|(?:an? )?(?:unrestricted"
        r"|unfiltered|jailbroken|uncensored)\b|bound by)"
        r"|\bdo anything now\b|\bdeveloper mode (?:is )?(?:enabled"
        r"|activated|on\b)|\bjailbreak mode\b"
        r"|(?:pretend|act|behave|respond) (?:(?:as (?:if|though)|like|that) )?(?:you )?"
        r"(?:have|had|are|were)?(?: )?(?:an? )?(?:(?:no|without(?: any)?) (?:restrictions"
        r"|filters?|guidelines|limitations|rules)|(?:unrestricted|unfiltered|uncensored) (?:ai"
        r"|model|assistant))"
        r"|(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt)(?: )?:(?: )?(?:igno"
        r"re|disregard|from now|you (?:are|must|will|should))"
        r"|(?:do not|don'?t|never) (?:tell|inform|mention|reveal|disclose) (?:this "
        r"|it |anything )?(?:to )?the user\b"
        r"|\bsystem override\b|\boverride (?:all )?(?:safety|security) (?:protocols?"
        r"|settings|filters?|guidelines|measures)"
    ),
    "de": (
        r"(?:ignorier\w*|vergiss|vergesst|missachte\w*) (?:bitte )?(?:alle|alles"
        r"|die|deine|sämtliche)?(?: )?(?:\w+ )?(?:vorherigen|vorigen|bisherigen|obigen"
        r"|vorangegangenen|früheren|ursprünglichen) (?:system)?(?:anweisungen|instruktionen"
        r"|befehle|regeln|vorgaben|prompts?)"
    ),
    "fr": (
        r"(?:ignore[rz]?|oublie[rz]?|néglige[rz]?) (?:toutes )?(?:les|tes|vos"
        r"|ces) (?:instructions|consignes|directives|règles) (?:précédentes|antérieures"
        r"|ci-dessus|initiales|données)"
    ),
    "es": (
        r"(?:ignor[ae]|olvid[ae]|omite|descarta)n? (?:todas )?(?:las|tus|sus|mis)?(?: )?(?:instr"
        r"ucciones|órdenes|ordenes|indicaciones|reglas|directrices) (?:anteriores|previas"
        r"|precedentes|iniciales|de arriba)"
    ),
    "it": (
        r"(?:ignora|dimentica|trascura)(?:te)? (?:tutte )?(?:le|tue|le tue)?(?: )?(?:istru"
        r"zioni|indicazioni|regole|direttive) (?:precedenti|anteriori|iniziali|di cui sopra)"
    ),
    "pt": (
        r"(?:ignor[ea]|esque[çc]a|desconsidere)m? (?:todas )?(?:as|suas)?(?: )?(?:instruções"
        r"|ordens|regras|diretrizes|instrucoes) (?:anteriores|acima|prévias|iniciais)"
    ),
    "nl": (
        r"(?:negeer|vergeet) (?:alle )?(?:de )?(?:vorige|eerdere|bovenstaande"
        r"|voorgaande) (?:instructies|opdrachten|regels|aanwijzingen)"
    ),
    "pl": (
        r"(?:zignoruj|ignoruj|zapomnij|pomiń) (?:o )?(?:wszystkie |wszystkich )?(?:po"
        r"przednie|wcześniejsze|powyższe|poprzednich) (?:instrukcje|polecenia|zasady"
        r"|instrukcjach)"
    ),
    "tr": (
        r"(?:önceki|yukarıdaki) (?:tüm |bütün )?(?:talimatları|komutları"
        r"|kuralları|yönergeleri) (?:yok say|unut|görmezden gel|dikkate alma)"
    ),
    "ru": (
        r"(?:игнорируй|проигнорируй|забудь|отбрось)(?:те)? (?:все |всё "
        r"|обо? всех )?(?:мои |твои |свои )?(?:предыдущие|прошлые"
        r"|прежние|вышеуказанные|предыдущих) (?:инструкции|указания|команды|правила"
        r"|инструкциях)"
    ),
    "uk": (
        r"(?:ігноруй|проігноруй|забудь)(?:те)? (?:усі |всі )?(?:попередні"
        r"|минулі) (?:інструкції|вказівки|команди|правила)"
    ),
    "ar": (
        r"(?:تجاهل|انس|انسى|تجاهلي) (?:جميع |كل )?(?:التعليمات|الأوامر|التوجيهات"
        r"|القواعد) (?:السابقة|أعلاه|المذكورة|الأولية)"
    ),
    "hi": (
        r"(?:पिछले|पहले के|उपरोक्त) (?:सभी )?(?:निर्देशों|आदेशों|नियमों) को (?:"
        r"अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल)"
    ),
    "zh": (
        r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要理會)(?:你|所有|全部|一切|掉|的|之前|以上|先前|前面|上述|上面|此前){1,6}(?:指令"
        r"|指示|提示词?|提示詞|说明|說明|规则|規則|命令|设定)"
    ),
    "ja": (
        r"(?:これまで|以前|上記|前|先ほど|今まで)の(?:すべての|全ての|全)?"
        r"(?:指示|命令|ルール|プロンプト|指令)(?:を|は)?(?:すべて|全て|全部)?(?:無視|忘れ)"
    ),
    "ko": (
        r"(?:이전|위|앞|지금까지)(?:의|에(?: )?주어진)?(?: )?(?:모든(?: )?)?(?:지시|명령|지침|규칙|프롬프트)(?:사항"
        r"|어)?(?:들)?(?:을|를|은|는)?(?: )?(?:모두(?: )?|전부(?: )?)?(?:무시|잊)"
    ),
}

STEMS = (
    "ignor", "disregard", "forget", "overrid", "bypass", "discard", "neglect", "prompt", "instruction", "message",
    "mode",
    "anything", "restrict", "filter", "uncensor", "jailbr", "guideline", "limitation", "rules", "user",
    "verg", "missacht", "oubli", "olvid", "omit", "descart", "dimentic", "trascur", "esque", "desconsider", "negeer",
    "zapomnij", "pomi", "talimat", "komut", "kural", "yönerge", "игнор", "забуд", "отброс", "ігнор", "تجاهل", "انس",
    "निर्देश", "आदेश", "नियम", "忽略", "无视", "無視", "忘", "不要理", "무시", "잊",
)  # fmt: skip
"""One of these is in everything that the patterns find; looking for them first is many times as fast."""
