internal import Synchronization
internal import ToolReward
internal import ToolRewardLines
internal import ToolRewardPrompts

/// Asks an endpoint for a suite's completions: several at a time, again where that may help, and never for what the store has.
public struct CompletionCollector: Sendable {
  /// What is asked.
  public let endpoint: CompletionEndpoint
  /// What sends requests.
  public let transport: any HTTPTransport
  /// When a request is sent again.
  public var retries = RetryPolicy()
  /// How many requests are on their way at a time: 1 or more.
  public var concurrency = 4
  /// How long a request may take.
  public var timeout: Duration = .seconds(300)
  private let key: String?
  /// How time passes, which tests do without.
  var sleep: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  /// What the waits are drawn from.
  var seed: UInt64

  /// Creates a collector.
  ///
  /// - Parameter key: The key, sent as `Authorization: Bearer`; it is in no message and no description, and in no file unless the server
  ///   writes it into a completion, which is kept as it comes.
  /// - Throws: ``EndpointError`` if the key is none that a header can have.
  public init(
    endpoint: CompletionEndpoint, transport: any HTTPTransport, key: String? = nil
  ) throws(EndpointError) {
    if let key, key.utf8.isEmpty || key.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      throw EndpointError(
        "the key is empty, or has white space, a line end or another character that a header cannot have")
    }
    self.endpoint = endpoint
    self.transport = transport
    self.key = key
    seed = UInt64.random(in: 0...UInt64.max)
  }

  /// What has happened.
  public struct Progress: Sendable, Hashable {
    /// How many completions the suite wants.
    public internal(set) var wanted = 0
    /// How many are there.
    public internal(set) var done = 0
    /// How many of those were there before.
    public internal(set) var kept = 0
    /// How often a request was sent again.
    public internal(set) var retried = 0
    /// How many did not come, in spite of that.
    public internal(set) var failed = 0
    /// How many of those that are there were cut at the greatest length.
    public internal(set) var cut = 0
    /// How many of those were ended by the server's filter of contents.
    public internal(set) var filtered = 0
    /// How many of those have no word of why they ended.
    public internal(set) var unexplained = 0
    /// How many prompts there are none of: their templates fail, which the suite's checks tell.
    public internal(set) var promptless = 0
    /// Whether the run was asked to stop before its end.
    public internal(set) var wasStopped = false
  }

  /// What came of it.
  public struct Collection: Sendable {
    /// The completions, and why others did not come.
    public internal(set) var completions = SuiteCompletions()
    /// What has happened.
    public internal(set) var progress = Progress()
    /// Why no request can succeed, if one showed that: nothing further was asked.
    public internal(set) var hopeless: String?
  }

  /// Asks for every completion that the store has not. What comes is in the store at once.
  ///
  /// - Parameters:
  ///   - suite: The suite, whose cells are asked for.
  ///   - store: Where completions are kept.
  ///   - shouldStop: Asked about ten times a second; once it says yes, what is on its way is let go and the rest is not asked for.
  ///   - progress: Called after each step.
  /// - Throws: ``EndpointError`` if the store cannot be written to.
  public func collect(
    _ suite: PromptSuite, into store: CompletionStore, shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Progress) -> Void = { _ in }
  ) async throws(EndpointError) -> Collection {
    var run = CollectionRun(endpoint: endpoint, suite: suite, store: store)
    try run.takeKept()
    progress(run.collection.progress)
    let gate = Gate(seed: seed)
    var broken: EndpointError?
    await withTaskGroup(of: Answer?.self) { group in
      group.addTask {
        while !shouldStop(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
        return nil
      }
      var asking = 0
      while true {
        while asking < max(1, concurrency), let job = run.next() {
          asking += 1
          group.addTask { await ask(job, gate) }
        }
        guard asking > 0, let answer = await group.next() else { break }
        guard let answer else {
          run.stop()
          group.cancelAll()
          continue
        }
        asking -= 1
        do throws(EndpointError) { try run.take(answer) } catch { broken = broken ?? error }
        if broken != nil || run.collection.hopeless != nil {
          run.stop()
          group.cancelAll()
        }
        progress(run.collection.progress)
      }
      group.cancelAll()
    }
    if let broken { throw broken }
    run.finish()
    return run.collection
  }

  /// A request, for the cells that want its completion.
  struct Job: Sendable {
    let key: String
    let body: [UInt8]
    let places: [Place]
  }

  /// A cell's sample.
  struct Place: Sendable {
    let template: String
    let test: String
    let sample: Int
  }

  /// What came of a request, and how often it was sent again.
  struct Answer: Sendable {
    let job: Job
    let reply: CompletionReply
    let retried: Int
  }

  /// What requests share: the time before which the server wants none, and what waits are drawn from.
  private final class Gate: Sendable {
    private struct State {
      var random: SplitMix64
      var opens = ContinuousClock.now
    }
    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: SplitMix64(seed: seed))) }

    /// How long a request has to wait before it is sent.
    var wait: Duration { state.withLock { $0.opens - .now } }

    func wait(_ policy: RetryPolicy, failures: Int, asked: Duration?) -> Duration? {
      state.withLock { state in
        guard let wait = policy.wait(failures: failures, asked: asked, random: &state.random) else { return nil }
        // What the server asks of one it asks of all.
        if asked != nil { state.opens = max(state.opens, .now + wait) }
        return wait
      }
    }
  }

  private func ask(_ job: Job, _ gate: Gate) async -> Answer {
    var headers = [HTTPPost.Header(name: "Accept", value: "application/json")]
    if let key { headers.append(HTTPPost.Header(name: "Authorization", value: "Bearer \(key)")) }
    let post = HTTPPost(url: endpoint.address, headers: headers, body: job.body, timeout: timeout)
    var failures = 0
    while !Task.isCancelled {
      let closed = gate.wait
      if closed > .zero { await sleep(closed) }
      let reply = await send(post)
      guard case .retry(let why, let asked) = reply else { return Answer(job: job, reply: reply, retried: failures) }
      failures += 1
      guard let wait = gate.wait(retries, failures: failures, asked: asked) else {
        let last =
          failures > retries.retries
          ? "\(why) (\(failures == 1 ? "sent once" : "sent \(failures) times"))"
          : "\(why) (the server asks for a wait of \(asked ?? .zero), longer than \(retries.patience))"
        return Answer(job: job, reply: .refused(last), retried: failures - 1)
      }
      await sleep(wait)
    }
    return Answer(job: job, reply: .cancelled, retried: failures)
  }

  private func send(_ post: HTTPPost) async -> CompletionReply {
    do throws(TransportError) {
      return CompletionReply(try await transport.send(post), endpoint.interface, hiding: key)
    } catch {
      switch error {
      case .cancelled: return .cancelled
      case .untrusted: return .hopeless("\(error)")
      case .failed, .timedOut: return .retry("\(error)", after: nil)
      }
    }
  }
}
