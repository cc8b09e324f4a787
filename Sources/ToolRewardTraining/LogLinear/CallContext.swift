/// All that the next token depends on besides the prompt: the last two tokens and where in a call the completion is.
struct CallContext: Hashable, Sendable {
  /// The last token; of words only that it was one.
  private(set) var last = CallContext.start
  /// The one before it.
  private(set) var beforeLast = CallContext.start
  private(set) var lastKind: CallVocabulary.Kind?
  /// The last thought, call and argument; 0 for none.
  private(set) var thought = 0
  private(set) var call = 0
  private(set) var argument = 0
  /// The arguments of this call so far, in any order.
  private(set) var usedArguments: UInt64 = 0
  /// How many calls were begun, up to 3.
  private(set) var callCount = 0
  /// How many words the value has, up to 4.
  private(set) var wordCount = 0
  /// Where in the prompt the last word stands; −1 for nowhere.
  private(set) var lastPlace = -1
  /// Where the last word of the value before this one stands, the former call's if this is a call's first; −1 for nowhere.
  private(set) var formerPlace = -1

  private static let start = -1
  private static let word = -2

  init() {}

  mutating func append(_ token: Int, _ kind: CallVocabulary.Kind, place: Int?) {
    (beforeLast, last, lastKind) = (last, kind == .word ? Self.word : token, kind)
    switch kind {
    case .thought: thought = token
    case .call:
      (call, argument, usedArguments) = (token, 0, 0)
      callCount = min(3, callCount + 1)
    case .argument:
      if lastPlace >= 0 { formerPlace = lastPlace }
      (argument, wordCount, lastPlace) = (token, 0, -1)
      usedArguments ^= FeatureHash.of([UInt8(truncatingIfNeeded: token), UInt8(truncatingIfNeeded: token >> 8)])
    case .word:
      wordCount = min(4, wordCount + 1)
      lastPlace = place ?? -1
    default: break
    }
  }
}

/// The tokens that may come next, and the features of each, as places in the parameters.
struct CandidateFeatures {
  private(set) var tokens: [Int32] = []
  /// Where each token's features begin; one more for the end.
  private(set) var starts: [Int32] = [0]
  private(set) var features: [UInt32] = []
  private let mask: UInt64

  /// Works the features out. O(candidates · prompt).
  init(_ context: CallContext, _ prompt: PromptWords, _ vocabulary: CallVocabulary, _ extras: [[UInt8]], mask: UInt64) {
    self.mask = mask
    let kinds = CallGrammar.kinds(after: context.lastKind)
    let allowsWords = kinds.contains(.word)
    for (token, entry) in vocabulary.tokens.enumerated() where kinds.contains(entry.kind) {
      tokens.append(Int32(token))
      if entry.kind == .word {
        addWord(entry.text, context, prompt)
      } else {
        addFixed(token, entry.kind, context, prompt)
      }
      starts.append(Int32(features.count))
    }
    if allowsWords {
      for (place, word) in extras.enumerated() {
        tokens.append(Int32(vocabulary.count + place))
        addWord(word, context, prompt)
        starts.append(Int32(features.count))
      }
    }
  }

  private mutating func add(_ kind: UInt64, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0, _ d: UInt64 = 0) {
    var hash = FeatureHash(kind)
    hash.add(a)
    hash.add(b)
    hash.add(c)
    hash.add(d)
    features.append(UInt32(truncatingIfNeeded: (hash.value >> 7) & mask))
  }

  private mutating func addFixed(
    _ token: Int, _ kind: CallVocabulary.Kind, _ context: CallContext, _ prompt: PromptWords
  ) {
    let (own, last) = (UInt64(token), UInt64(bitPattern: Int64(context.last)))
    let argument = UInt64(context.argument)
    add(1, own, last)
    add(2, own, last, UInt64(bitPattern: Int64(context.beforeLast)))
    add(3, own, last, argument)
    add(4, own, last, UInt64(context.call), context.usedArguments)
    add(5, own, last, UInt64(context.callCount))
    add(6, own, last, UInt64(context.thought))
    if context.lastKind == .word {
      let next = context.lastPlace < 0 ? 0 : prompt.hash(at: context.lastPlace + 1)
      add(7, own, argument, UInt64(context.wordCount))
      add(8, own, argument, next)
      add(9, own, argument, context.lastPlace < 0 ? 0 : prompt.shape(at: context.lastPlace + 1))
    }
    switch kind {
    case .thought, .call, .argument, .closeCalls, .closeReasoning, .separator, .endCall:
      for place in prompt.words.indices { add(10, own, last, prompt.hash(at: place)) }
    default: break
    }
  }

  private mutating func addWord(_ word: [UInt8], _ context: CallContext, _ prompt: PromptWords) {
    let (argument, call) = (UInt64(context.argument), UInt64(context.call))
    let last = UInt64(bitPattern: Int64(context.last))
    let shape = PromptWords.shape(of: word)
    let places = prompt.places(of: word)
    add(20, argument, call, FeatureHash.of(word))
    add(21, argument, last, places.isEmpty ? 0 : 1)
    add(22, argument, shape, last)
    for place in places {
      let (left, right) = (prompt.hash(at: place - 1), prompt.hash(at: place + 1))
      let follows: UInt64 = context.lastKind == .word ? (place == context.lastPlace + 1 ? 2 : 1) : 0
      add(23, argument, left, follows)
      add(24, argument, right, follows)
      add(25, argument, call, left, follows)
      add(26, argument, left, prompt.hash(at: place - 2), follows)
      add(27, argument, follows, shape, UInt64(context.wordCount))
      add(28, argument, prompt.shape(at: place - 1), shape, follows)
      add(29, argument, prompt.shape(at: place + 1), shape, follows)
      let order: UInt64 = place < context.formerPlace ? 1 : place == context.formerPlace ? 2 : 3
      add(30, argument, UInt64(context.callCount), context.formerPlace < 0 ? 0 : order, follows)
    }
  }
}
