package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.sandbox.Sandbox
import org.junit.jupiter.api.BeforeEach

/** What every test against the sandbox has: one sandbox for all, as at the start. */
abstract class SandboxTest {
    @BeforeEach
    fun `as at the start`() {
        sandbox.reset()
    }

    companion object {
        @JvmStatic
        val sandbox: Sandbox by lazy { Sandbox.start() }
    }
}
