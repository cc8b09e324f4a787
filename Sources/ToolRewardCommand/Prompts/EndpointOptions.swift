import ArgumentParser
import ToolReward
import ToolRewardReport
import ToolRewardSuites

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A model that writes completions.
struct EndpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ask an OpenAI-compatible server for completions, as http://localhost:8000/v1: /completions with each rendered prompt.",
      valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The model's name, as the server knows it.", valueName: "name"))
  var model: String?

  @Flag(help: "Ask /chat/completions with messages and tools: tests the served model, not the suite's templates.")
  var chat = false

  @Option(help: ArgumentHelp("How many completions of each cell.", valueName: "n"))
  var samples = 1

  @Option(help: ArgumentHelp("The most tokens of a completion.", valueName: "n"))
  var maxTokens = 1_024

  @Option(help: ArgumentHelp("The temperature; by default the server's.", valueName: "x"))
  var temperature: Double?

  @Option(help: ArgumentHelp("The nucleus; by default the server's.", valueName: "x"))
  var topP: Double?

  @Option(help: ArgumentHelp("The first completion's seed; each further one's is one more.", valueName: "n"))
  var samplingSeed: Int?

  @Option(help: ArgumentHelp("A text that ends a completion. May be given again.", valueName: "text"))
  var stop: [String] = []

  @Option(
    help: ArgumentHelp(
      "More members of each request, such as '{\"top_k\": 20, \"add_special_tokens\": false}'.", valueName: "json"))
  var request: String?

  @Option(
    help: ArgumentHelp("The environment's variable that holds the key; by default none is sent.", valueName: "name"))
  var keyVariable: String?

  @Option(help: ArgumentHelp("How many requests at a time.", valueName: "n"))
  var concurrency = 4

  @Option(help: ArgumentHelp("How often a request is sent again.", valueName: "n"))
  var retries = 5

  @Option(help: ArgumentHelp("How long a request may take.", valueName: "seconds"))
  var timeout = 300.0

  @Option(
    help: ArgumentHelp(
      "Where completions are kept as they come; a second run asks only for what is not there. By default SUITE.completions.jsonl beside the suite.",
      valueName: "file"))
  var cache: String?

  func validate() throws {
    guard endpoint != nil else {
      if model != nil || chat || cache != nil || keyVariable != nil || request != nil {
        throw ValidationError("There is no --endpoint to ask: --endpoint http://localhost:8000/v1")
      }
      return
    }
    if model?.isEmpty ?? true { throw ValidationError("--endpoint needs the model's name: --model NAME.") }
    for (name, value) in [("--samples", samples), ("--max-tokens", maxTokens), ("--concurrency", concurrency)] {
      if !(1...1_000_000).contains(value) { throw ValidationError("\(name) must be from 1 to 1,000,000.") }
    }
    if concurrency > 1_000 { throw ValidationError("--concurrency must be at most 1,000.") }
    if !(0...1_000).contains(retries) { throw ValidationError("--retries must be from 0 to 1,000.") }
    // Not a number is in no range.
    if !(timeout > 0 && timeout <= 86_400) {
      throw ValidationError("--timeout must be more than 0, and at most a day.")
    }
    if let temperature, !(temperature >= 0 && temperature <= 100) {
      throw ValidationError("--temperature must be 0 or more.")
    }
    if let topP, !(topP >= 0 && topP <= 1) { throw ValidationError("--top-p must be from 0 to 1.") }
    if stop.contains("") { throw ValidationError("--stop must not be empty.") }
  }

  /// The completions of a suite's cells, from the endpoint.
  func collect(_ suite: PromptSuite, file: String) async throws -> SuiteCompletions {
    #if Endpoint
      let transport = AsyncHTTPTransport(connections: concurrency)
      let result: Result<CompletionCollector.Collection, EndpointError>
      do throws(EndpointError) {
        result = .success(try await collect(suite, file: file, transport))
      } catch {
        result = .failure(error)
      }
      await transport.shutDown()
      switch result {
      case .failure(let error): throw SuiteStatus.error("\(error)")
      case .success(let found):
        tell(found, file)
        return found.completions
      }
    #else
      throw SuiteStatus.error(
        "this build asks no servers. Build with the trait Endpoint: swift build -c release --traits Endpoint --product toolreward"
      )
    #endif
  }

  /// Where completions are kept.
  func store(beside file: String) -> String {
    cache ?? SnapshotStore.pathWithoutEnding(file) + ".completions.jsonl"
  }

  private func collect(
    _ suite: PromptSuite, file: String, _ transport: any HTTPTransport
  ) async throws(EndpointError) -> CompletionCollector.Collection {
    var endpoint = try CompletionEndpoint(
      baseURL: endpoint ?? "", model: model ?? "", interface: chat ? .chat : .completions, samples: samples,
      maxTokens: maxTokens)
    endpoint.temperature = temperature
    endpoint.topP = topP
    endpoint.seed = samplingSeed
    endpoint.stop = stop
    endpoint.more = try request.map { (text) throws(EndpointError) in try CompletionEndpoint.members(text) }
    var collector = try CompletionCollector(endpoint: endpoint, transport: transport, key: key())
    collector.concurrency = concurrency
    collector.retries.retries = retries
    collector.timeout = .milliseconds(Int((timeout * 1_000).rounded(.up)))
    let store = try CompletionStore(path: store(beside: file))
    if store.brokenRows > 0 {
      SuiteStatus.say(
        "\(store.path): \(DecimalText.counted(store.brokenRows, "row")) cannot be read; what they held is asked for again"
      )
    }
    if samples > 1, temperature == 0 {
      SuiteStatus.say("at temperature 0 the \(samples) samples of a cell may all be alike")
    }
    Interruption.watch()
    let isShown = Terminal.errorIsTerminal
    var shown = ContinuousClock.now - .seconds(1)
    let collection = try await collector.collect(suite, into: store, shouldStop: { Interruption.wasAsked }) {
      progress in
      guard isShown, ContinuousClock.now - shown > .milliseconds(200) else { return }
      shown = ContinuousClock.now
      Terminal.sayInPlace(Self.line(progress))
    }
    if isShown { Terminal.sayInPlace("") }
    return collection
  }

  private func key() throws(EndpointError) -> String? {
    guard let keyVariable else { return nil }
    guard let text = unsafe getenv(keyVariable).map({ unsafe String(cString: $0) }), !text.isEmpty else {
      throw EndpointError("the environment has no \(keyVariable), which --key-variable names")
    }
    return text
  }

  private static func line(_ progress: CompletionCollector.Progress) -> String {
    var text = "\(DecimalText.grouped(progress.done)) of \(DecimalText.grouped(progress.wanted)) completions"
    if progress.retried > 0 { text += ", \(DecimalText.grouped(progress.retried)) sent again" }
    if progress.failed > 0 { text += ", \(DecimalText.grouped(progress.failed)) failed" }
    return text
  }

  /// Says what came, and what did not.
  private func tell(_ found: CompletionCollector.Collection, _ file: String) {
    let progress = found.progress
    let place = store(beside: file)
    var text = Self.line(progress)
    if progress.kept > 0 { text += "; \(DecimalText.grouped(progress.kept)) were in \(place)" }
    if progress.cut > 0 { text += "; \(DecimalText.grouped(progress.cut)) cut at --max-tokens" }
    if progress.filtered > 0 { text += "; \(DecimalText.grouped(progress.filtered)) ended by the server's filter" }
    if progress.unexplained > 0 {
      text += "; \(DecimalText.grouped(progress.unexplained)) without a finish_reason: they may be cut"
    }
    Terminal.say(SuiteStatus.visible(text))
    if progress.wasStopped {
      SuiteStatus.say("stopped; what came is in \(place), and the same command asks for the rest")
    } else if let why = found.hopeless {
      SuiteStatus.say("\(why). What came before is in \(place)")
    } else if progress.failed > 0 {
      SuiteStatus.say(
        "\(DecimalText.counted(progress.failed, "completion")) did not come; what came is in \(place), and the same command asks for the rest"
      )
    }
  }
}
