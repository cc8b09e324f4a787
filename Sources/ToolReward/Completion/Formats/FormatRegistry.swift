/// The formats a program knows by name. A value: adding to one registry changes no other.
public struct FormatRegistry: Sendable {
  /// The formats, in the order they were added.
  public private(set) var formats: [CompletionFormat]

  /// Creates a registry. A later format of the same name replaces an earlier one.
  public init(_ formats: [CompletionFormat] = FormatRegistry.builtIn) {
    self.formats = []
    for format in formats { add(format) }
  }

  /// The formats that come with the library.
  public static let builtIn: [CompletionFormat] = [
    .toolN1, .toolRL, .hermes, .qwen3Coder, .mimo, .seedOSS, .glm, .harmony, .llama3JSON, .deepSeekV3, .deepSeekV31,
    .deepSeekDSML,
    .kimiK2, .mistral, .mistralList, .gemma4, .pythonic, .llama4Pythonic, .toolACE, .olmo3, .lfm2, .bfclV3, .bfclV4,
    .toolN1Scan, .toolN1LlamaScan,
  ]

  /// Adds a format, in place of one with the same name if there is one.
  public mutating func add(_ format: CompletionFormat) {
    if let position = formats.firstIndex(where: { $0.name == format.name }) {
      formats[position] = format
    } else {
      formats.append(format)
    }
  }

  /// The format of that name; `nil` if there is none.
  public subscript(name: String) -> CompletionFormat? {
    formats.first { $0.name == name }
  }
}
