internal import ToolReward
internal import ToolRewardLines
internal import ToolRewardPrompts

/// One run of a collector: what is wanted, what is there, what is left to ask for.
struct CollectionRun {
  private(set) var collection = CompletionCollector.Collection()
  private let endpoint: CompletionEndpoint
  private let store: CompletionStore
  private var wanted: [CompletionCollector.Job] = []
  private var position = 0
  private var isStopped = false

  init(endpoint: CompletionEndpoint, suite: PromptSuite, store: CompletionStore) {
    self.endpoint = endpoint
    self.store = store
    var places: [String: Int] = [:]
    for template in suite.templates {
      for test in suite.cases {
        guard let bodies = bodies(template, test) else {
          collection.progress.promptless += 1
          continue
        }
        for (sample, body) in bodies.enumerated() {
          let place = CompletionCollector.Place(template: template.name, test: test.name, sample: sample)
          let key = endpoint.key(body, sample: sample)
          collection.progress.wanted += 1
          // Templates that write the same prompt share its completions.
          if let index = places[key] {
            wanted[index].places.append(place)
          } else {
            places[key] = wanted.count
            wanted.append(CompletionCollector.Job(key: key, body: body, places: [place]))
          }
        }
      }
    }
  }

  /// The requests of a cell, one for each sample; `nil` if it has no prompt.
  private func bodies(_ template: PromptSuite.Template, _ test: PromptSuite.Case) -> [[UInt8]]? {
    switch endpoint.interface {
    case .completions:
      guard let prompt = try? PromptProbe(template: template, test: test).render() else { return nil }
      return (0..<endpoint.samples).map { endpoint.body(prompt: prompt, sample: $0) }
    case .chat:
      return (0..<endpoint.samples).map { endpoint.body(messages: test.messages, tools: test.tools, sample: $0) }
    }
  }

  /// Takes what the store has.
  mutating func takeKept() throws(EndpointError) {
    var open: [CompletionCollector.Job] = []
    for job in wanted {
      guard let kept = store.completion(job.key) else {
        open.append(job)
        continue
      }
      collection.progress.kept += job.places.count
      try add(kept, job)
    }
    wanted = open
  }

  /// The next request; `nil` if there is none, or none is to be sent.
  mutating func next() -> CompletionCollector.Job? {
    guard !isStopped, position < wanted.count else { return nil }
    position += 1
    return wanted[position - 1]
  }

  /// Lets no further request be sent.
  mutating func stop() { isStopped = true }

  /// Notes what came of a request.
  mutating func take(_ answer: CompletionCollector.Answer) throws(EndpointError) {
    collection.progress.retried += answer.retried
    switch answer.reply {
    case .completion(let completion, let finish): try add(.init(completion: completion, finish: finish), answer.job)
    case .refused(let why): miss(why, answer.job)
    case .retry(let why, _): miss(why, answer.job)
    case .hopeless(let why):
      collection.hopeless = collection.hopeless ?? why
      miss(why, answer.job)
    case .cancelled: break
    }
  }

  /// Notes how the run ended.
  mutating func finish() {
    let progress = collection.progress
    collection.progress.wasStopped =
      collection.hopeless == nil && progress.done + progress.failed < progress.wanted
  }

  private mutating func miss(_ why: String, _ job: CompletionCollector.Job) {
    for place in job.places { collection.completions.addMissing(why, template: place.template, case: place.test) }
    collection.progress.failed += job.places.count
  }

  private mutating func add(_ kept: CompletionStore.Kept, _ job: CompletionCollector.Job) throws(EndpointError) {
    for place in job.places {
      do throws(InputOutputError) {
        try store.keep(
          kept, job.key, template: place.template, case: place.test, sample: place.sample, model: endpoint.model)
      } catch {
        throw EndpointError("\(error)")
      }
      collection.completions.add(
        kept.completion, template: place.template, case: place.test, sample: place.sample)
    }
    collection.progress.done += job.places.count
    if kept.finish == "length" { collection.progress.cut += job.places.count }
  }
}
