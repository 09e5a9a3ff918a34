"""Makes a fresh Swift package out of the README's own lines: `outside.py README FOLDER`.

- `Package.swift` and `main.swift` are the README's, word for word;
- its test example is a test of that package;
- every other example is compiled, each in a function that is handed what it takes for granted.
"""

import re
import sys
from pathlib import Path

readme, folder = Path(sys.argv[1]), Path(sys.argv[2])
examples = re.findall(r"```swift\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
(manifest,) = (each for each in examples if "PackageDescription" in each)
(program,) = (each for each in examples if "rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw=" in each)
(test,) = (each for each in examples if "import Testing" in each)
others = [each for each in examples if each not in (manifest, program, test)]
assert len(others) >= 7, len(others)

ASSUMED = """import BootpayCancel
import Foundation

struct Vault: Sendable { func token(except refused: String?) throws -> String { "" } }

"""
TAKEN = (
    "bootpay: Bootpay, receiptID: String, cancelID: String, applicationID: String, privateKey: String, "
    "clientKey: String, secretKey: String, vault: Vault"
)


def write(path: str, text: str) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


write("Package.swift", manifest)
write("Sources/shop/main.swift", program)
# What the README's package has no target for gets one of its own.
extra = """
package.targets.append(
    .testTarget(
        name: "ReadmeTests",
        dependencies: [
            .product(name: "BootpayCancel", package: "bootpay-cancel"),
            .product(name: "BootpaySandbox", package: "bootpay-cancel"),
        ]))
"""
with (folder / "Package.swift").open("a", encoding="utf-8") as file:
    file.write(extra)
write("Tests/ReadmeTests/ReadmeTests.swift", test)
functions = "".join(
    f"func example{number}({TAKEN}) async throws {{\n"
    + "".join(f"    {line}\n" for line in each.splitlines())
    + "}\n\n"
    for number, each in enumerate(others)
)
write("Tests/ReadmeTests/Examples.swift", ASSUMED + functions)
