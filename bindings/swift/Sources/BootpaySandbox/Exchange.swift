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

    /// A `bootpay sandbox` that runs. None outlives this process.
    final class Running: @unchecked Sendable {
        // Only its end is asked for after the start, and that may be asked for on any thread.
        private let process: Process
        private static let all = All()

        private init(_ process: Process) {
            self.process = process
            Running.all.add(process)
        }

        /// Starts the program, and gives the line with which it greets.
        static func start(program: String) throws -> (Running, Data) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["sandbox", "--json", "--port", "0"]
            process.standardInput = FileHandle.nullDevice
            // One that was left behind by a crash must not hold up whoever reads this process's own.
            process.standardError = FileHandle.nullDevice
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
            Running.all.end { $0 === process }
        }
    }

    /// Those that run, so that they end with this process.
    private final class All: @unchecked Sendable {
        private let lock = NSLock()
        // Guarded by the lock.
        private var running: [Process] = []

        func add(_ process: Process) {
            _ = All.registered
            lock.withLock { running.append(process) }
        }

        func end(_ chosen: (Process) -> Bool) {
            lock.withLock {
                for process in running where chosen(process) && process.isRunning {
                    // Started on a thread that blocks other signals, it would not hear them.
                    kill(process.processIdentifier, SIGKILL)
                }
                running.removeAll(where: chosen)
            }
        }

        private static let registered: Void = {
            atexit { Running.endAll() }
        }()
    }

    extension Running {
        fileprivate static func endAll() {
            all.end { _ in true }
        }
    }
#endif
