"""Makes a Maven project of the README's fenced blocks: `readme_project.py README.md FOLDER`.

Its dependencies are the README's, every block is compiled, and every block that can run against a sandbox is a test.
"""

import re
import sys
from pathlib import Path

KEYS = '"5b8f6a4d396fa665fdc2b5ea", "rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw="'
RECEIPT = '"612df0250d681b001de61de6"'

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>outside</groupId>
  <artifactId>outside</artifactId>
  <version>1</version>
  <properties>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    <kotlin.compiler.daemon>false</kotlin.compiler.daemon>
  </properties>
  <dependencies>
%(dependencies)s
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.14.4</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.jetbrains.kotlin</groupId>
        <artifactId>kotlin-maven-plugin</artifactId>
        <version>2.4.21</version>
        <configuration><jvmTarget>1.8</jvmTarget></configuration>
        <executions>
          <execution>
            <goals><goal>test-compile</goal></goals>
            <configuration><sourceDirs><sourceDir>src/test/kotlin</sourceDir></sourceDirs></configuration>
          </execution>
        </executions>
      </plugin>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.14.1</version>
        <configuration><release>8</release><compilerArgs><arg>-Xlint:-options</arg></compilerArgs></configuration>
      </plugin>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-resources-plugin</artifactId>
        <version>3.3.1</version>
      </plugin>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-surefire-plugin</artifactId>
        <version>3.5.4</version>
        <configuration><redirectTestOutputToFile>true</redirectTestOutputToFile></configuration>
      </plugin>
    </plugins>
  </build>
</project>
"""

JAVA = """package outside;

import java.nio.file.Paths;
import java.util.concurrent.*;
import kr.co.bootpay.cancel.*;
import kr.co.bootpay.cancel.sandbox.Sandbox;
import org.junit.jupiter.api.*;
%(imports)s
class JavaReadmeTest {
    static final Sandbox SANDBOX = sandbox();
    static final BlockingBootpay bootpay = SANDBOX.blockingClient();
    static final String applicationId = SANDBOX.getApplicationId();
    static final String privateKey = SANDBOX.getPrivateKey();

    static Sandbox sandbox() {
        return Sandbox.start();
    }

    static String receipt() {
        return SANDBOX.add("{\\"price\\": 10000, \\"tax_free\\": 500}");
    }
%(blocks)s
}
"""

KOTLIN = """package outside

import kotlinx.coroutines.*
import kr.co.bootpay.cancel.*
import kr.co.bootpay.cancel.sandbox.Sandbox
import org.junit.jupiter.api.Test
%(imports)s
object vault {
    fun token() = "a token"
}

class KotlinReadmeTest {
    companion object {
        val sandbox: Sandbox = Sandbox.start()
        val bootpay = sandbox.client()
        val applicationId = sandbox.applicationId
        val privateKey = sandbox.privateKey
        val clientKey = sandbox.clientKey
        val secretKey = sandbox.secretKey
        val cancelId = "refund-1"
        fun receipt() = sandbox.add(10_000)
    }
%(blocks)s
}
"""


def main(readme: Path, project: Path) -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    dependencies = [text for language, text in blocks if language == "xml"]
    java = [text for language, text in blocks if language == "java"]
    kotlin = [text for language, text in blocks if language == "kotlin"]
    assert len(dependencies) == 2 and len(java) >= 6 and len(kotlin) >= 5, "the README's blocks are not found"
    write(project / "pom.xml", POM % {"dependencies": "".join(dependencies)})
    keys = "SANDBOX.getApplicationId(), SANDBOX.getPrivateKey(), SANDBOX.options().build()"
    write(project / "src/test/java/outside/JavaReadmeTest.java", source(JAVA, java, "void example%d() throws Exception {", keys))
    keys = "sandbox.applicationId, sandbox.privateKey, sandbox.options().build()"
    head = "fun example%d() = runBlocking<Unit> {"
    write(project / "src/test/kotlin/outside/KotlinReadmeTest.kt", source(KOTLIN, kotlin, head, keys))


def source(frame: str, blocks: list, head: str, keys: str) -> str:
    imports, bodies = [], []
    for number, block in enumerate(blocks, 1):
        # What waits for a file of the user's own is compiled and not run.
        runs = "/var/lib/" not in block
        imports += [line for line in block.splitlines() if line.startswith("import ")]
        body = "\n".join(line for line in block.splitlines() if not line.startswith("import "))
        body = body.replace(KEYS, keys).replace(RECEIPT, "receipt()")
        # In the middle of a text, as a Kotlin file of rows has it.
        body = body.replace(RECEIPT.strip('"'), "${receipt()}")
        if "@Test" not in body:
            # The example is over when its future is.
            body = re.sub(r"(\.thenAccept\(.*\));", r"\1.get(30, TimeUnit.SECONDS);", body)
            body = ("@Test\n" if runs else "") + head % number + "\n" + body + "\n}"
        bodies.append("\n" + body)
    return frame % {"imports": "\n".join(imports), "blocks": "\n".join(bodies)}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
