package example

internal const val HELP = """부트페이 결제 취소: 담당자용. 명령이 없으면 메뉴가 나옵니다.

  open                                      확인이 필요한 취소 건을 봅니다
  receipt RECEIPT_ID                        영수증을 조회합니다
  cancel RECEIPT_ID                         결제를 취소합니다: 금액이 없으면 남은 금액 전부
      --price WON --tax-free WON            취소할 금액, 그 가운데 비과세 금액
      --cancel-id ID --reason TEXT          환불 번호(같은 번호는 같은 환불입니다), 취소 사유
  watch CANCEL_ID [--every S] [--for S]     결과가 확인될 때까지 지켜봅니다 (기본 10초마다 600초)
  resolve CANCEL_ID cancelled|not-cancelled 관리자 화면에서 확인한 결과를 기록합니다

  --by NAME  담당자 이름    --yes  묻지 않고 진행합니다"""

/** What was called wrongly. */
internal class Wrong(message: String) : Exception(message)

/** A command line: a command, its words, and its options by name. */
internal class Arguments(line: List<String>) {
    val command: String = line.first()
    private val words = mutableListOf<String>()
    private val options = mutableMapOf<String, String>()
    val yes: Boolean = "--yes" in line

    init {
        val rest = line.drop(1).filter { it != "--yes" }.iterator()
        while (rest.hasNext()) {
            val next = rest.next()
            if (!next.startsWith("--")) {
                words += next
            } else if (next in OPTIONS[command].orEmpty() + "--by" && rest.hasNext()) {
                options[next] = rest.next()
            } else {
                throw Wrong("알 수 없는 옵션입니다: $next")
            }
        }
        val expected = WORDS[command] ?: throw Wrong("알 수 없는 명령입니다: $command\n\n$HELP")
        if (words.size != expected) throw Wrong(HELP)
    }

    val by: String get() = options["--by"] ?: System.getProperty("user.name")

    fun word(index: Int): String = words[index]

    fun text(option: String): String? = options[option]

    /** An amount. What is no whole number is wrong, and never nothing. */
    fun won(option: String): Long? =
        options[option]?.let { it.toLongOrNull() ?: throw Wrong("$option: 원 단위의 정수로 넣어 주세요: $it") }

    fun seconds(option: String, otherwise: Double): Double =
        options[option]?.let { it.toDoubleOrNull() ?: throw Wrong("$option: 초 단위로 넣어 주세요: $it") } ?: otherwise

    private companion object {
        val WORDS = mapOf("open" to 0, "receipt" to 1, "cancel" to 1, "watch" to 1, "resolve" to 2)
        val OPTIONS = mapOf(
            "cancel" to setOf("--price", "--tax-free", "--cancel-id", "--reason"),
            "watch" to setOf("--every", "--for"),
        )
    }
}
