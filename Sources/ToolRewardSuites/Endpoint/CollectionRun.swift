internal import ToolReward
internal import ToolRewardLines
internal import ToolRewardPrompts

/// One run of a collector: what is wanted, what is there, what is left to ask for.
struct CollectionRun {
  /// What a cell's requests ask about.
  private enum Subject {
    case prompt([UInt8])
    case conversation(Value, tools: Value?)
  }

  /// A completion that is wanted. Its request is made when it is sent: many samples share a long prompt.
  private struct Wish {
    let key: String
    let subject: Int
    let sample: Int
    var places: [CompletionCollector.Place]
  }

  private(set) var collection = CompletionCollector.Collection()
  private let endpoint: CompletionEndpoint
  private let store: CompletionStore
  private var subjects: [Subject] = []
  private var wanted: [Wish] = []
  private var position = 0
  /// The keys of what was answered, for better or worse.
  private var settled: Set<String> = []
  private var isStopped = false

  init(endpoint: CompletionEndpoint, suite: PromptSuite, store: CompletionStore) {
    self.endpoint = endpoint
    self.store = store
    var known: [String: Int] = [:]
    for template in suite.templates {
      for test in suite.cases {
        guard let subject = subject(template, test) else {
          collection.progress.promptless += 1
          continue
        }
        subjects.append(subject)
        for sample in 0..<endpoint.samples {
          let place = CompletionCollector.Place(template: template.name, test: test.name, sample: sample)
          let key = endpoint.key(body(subject, sample), sample: sample)
          collection.progress.wanted += 1
          // Templates that write the same prompt share its completions.
          if let index = known[key] {
            wanted[index].places.append(place)
          } else {
            known[key] = wanted.count
            wanted.append(Wish(key: key, subject: subjects.count - 1, sample: sample, places: [place]))
          }
        }
      }
    }
  }

  /// What a cell asks about; `nil` if it has no prompt.
  private func subject(_ template: PromptSuite.Template, _ test: PromptSuite.Case) -> Subject? {
    switch endpoint.interface {
    case .completions: (try? PromptProbe(template: template, test: test).render()).map { .prompt($0) }
    case .chat: .conversation(test.messages, tools: test.tools)
    }
  }

  private func body(_ subject: Subject, _ sample: Int) -> [UInt8] {
    switch subject {
    case .prompt(let prompt): endpoint.body(prompt: prompt, sample: sample)
    case .conversation(let messages, let tools): endpoint.body(messages: messages, tools: tools, sample: sample)
    }
  }

  /// Takes what the store has.
  mutating func takeKept() throws(EndpointError) {
    var open: [Wish] = []
    for wish in wanted {
      guard let kept = store.completion(wish.key) else {
        open.append(wish)
        continue
      }
      collection.progress.kept += wish.places.count
      try add(kept, wish.key, wish.places)
    }
    wanted = open
  }

  /// The next request; `nil` if there is none, or none is to be sent.
  mutating func next() -> CompletionCollector.Job? {
    guard !isStopped, position < wanted.count else { return nil }
    let wish = wanted[position]
    position += 1
    return CompletionCollector.Job(key: wish.key, body: body(subjects[wish.subject], wish.sample), places: wish.places)
  }

  /// Lets no further request be sent.
  mutating func stop() { isStopped = true }

  /// Notes what came of a request.
  mutating func take(_ answer: CompletionCollector.Answer) throws(EndpointError) {
    collection.progress.retried += answer.retried
    if case .cancelled = answer.reply {} else { settled.insert(answer.job.key) }
    switch answer.reply {
    case .completion(let completion, let finish):
      try add(.init(completion: completion, finish: finish), answer.job.key, answer.job.places)
    case .refused(let why): miss(why, answer.job)
    case .retry(let why, _): miss(why, answer.job)
    case .hopeless(let why):
      collection.hopeless = collection.hopeless ?? why
      miss(why, answer.job)
    case .cancelled: break
    }
  }

  /// Notes how the run ended. What was not asked for is missing too.
  mutating func finish() {
    let progress = collection.progress
    collection.progress.wasStopped =
      collection.hopeless == nil && progress.done + progress.failed < progress.wanted
    let why = collection.hopeless.map { "not asked for after: \($0)" } ?? "the run was stopped before it came"
    for wish in wanted where !settled.contains(wish.key) {
      for place in wish.places { collection.completions.addMissing(why, template: place.template, case: place.test) }
    }
  }

  private mutating func miss(_ why: String, _ job: CompletionCollector.Job) {
    for place in job.places { collection.completions.addMissing(why, template: place.template, case: place.test) }
    collection.progress.failed += job.places.count
  }

  private mutating func add(
    _ kept: CompletionStore.Kept, _ key: String, _ places: [CompletionCollector.Place]
  ) throws(EndpointError) {
    for place in places {
      do throws(InputOutputError) {
        try store.keep(
          kept, key, template: place.template, case: place.test, sample: place.sample, model: endpoint.model)
      } catch {
        throw EndpointError("\(error)")
      }
      collection.completions.add(
        kept.completion, template: place.template, case: place.test, sample: place.sample)
    }
    collection.progress.done += places.count
    switch kept.finish {
    case "length"?: collection.progress.cut += places.count
    case "content_filter"?: collection.progress.filtered += places.count
    case nil: collection.progress.unexplained += places.count
    default: break
    }
  }
}
