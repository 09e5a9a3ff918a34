#if os(Linux) || os(macOS)
    import Foundation

    #if canImport(FoundationNetworking)
        import FoundationNetworking
    #endif

    // The process that runs, and the way to speak to it.

    /// One request to the sandbox and its answer, through no proxy.
    func exchange(_ method: String, _ url: String, _ body: Data?) async throws -> (status: Int, answer: Data) {
        guard let address = URL(string: url) else { throw SandboxError("no address: \(url)") }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body
        let (answer, response) = try await session.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, answer)
    }

    private let session: URLSession = {
        let settings = URLSessionConfiguration.ephemeral
        settings.connectionProxyDictionary = [:]
        settings.timeoutIntervalForRequest = 10
        return URLSession(configuration: settings)
    }()

    /// A `bootpay sandbox` that runs.
    final class Running: @unchecked Sendable {
        // Only its end is asked for after the start, and that may be asked for on any thread.
        private let process: Process

        private init(_ process: Process) {
            self.process = process
        }

        /// Starts the program, and gives the line with which it greets.
        static func start(program: String) throws -> (Running, Data) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["sandbox", "--json", "--port", "0"]
            process.standardInput = FileHandle.nullDevice
            let output = Pipe()
            process.standardOutput = output
            do {
                try process.run()
            } catch {
                throw SandboxError("\(program) could not be started: \(error)")
            }
            var line = Data()
            while line.last != UInt8(ascii: "\n") {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty {
                    process.waitUntilExit()
                    throw SandboxError("the sandbox ended at once, with status \(process.terminationStatus)")
                }
                line.append(more)
            }
            return (Running(process), line)
        }

        func stop() {
            if process.isRunning { process.terminate() }
        }
    }
#endif
