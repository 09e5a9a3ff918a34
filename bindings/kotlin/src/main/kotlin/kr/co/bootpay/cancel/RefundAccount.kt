package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.RefundAccount as NativeAccount

/**
 * The bank account that receives a virtual-account refund. Its number and holder are not shown.
 *
 * Nobody verifies the account: a wrong bank or number loses the money.
 */
public class RefundAccount private constructor(@get:JvmSynthetic internal val native: NativeAccount) {
    /** [bank] is a bank's code, its name, or a usual short or English name. */
    public constructor(bank: String, account: String, holder: String) :
        this(made { NativeAccount(bank, account, holder) })

    /** The bank's code. */
    public val bankCode: String get() = native.bankCode()

    override fun toString(): String = "RefundAccount(bankCode=$bankCode, account=[redacted], holder=[redacted])"

    public companion object {
        /** The same with a three-digit code that may not be on the list. It is sent as it is: be sure of it. */
        @JvmStatic
        public fun withRawCode(code: String, account: String, holder: String): RefundAccount =
            RefundAccount(made { NativeAccount.withRawCode(code, account, holder) })

        private fun made(make: () -> NativeAccount): NativeAccount {
            Library.load()
            return translated(make)
        }
    }
}
