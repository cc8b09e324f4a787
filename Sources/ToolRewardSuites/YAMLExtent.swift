internal import CYaml
internal import ToolReward

/// How large and how deep the values of a YAML text are with its aliases followed, told from libyaml's events and so before anything is
/// made. Yams would not end with all that libyaml reads: it compares keys by all that their aliases stand for, and takes values apart by
/// recursion, while each anchor may begin libyaml's thousand levels anew.
struct YAMLExtent {
  private static let mostDepth = 64

  private struct Extent {
    var size = 0
    var depth = 0
  }

  private struct Frame {
    let anchor: String?
    let isMapping: Bool
    var isKey: Bool
    var extent = Extent()
  }

  private let most: Int
  private var open: [Frame] = []
  private var anchors: [String: Extent] = [:]

  private init(most: Int) { self.most = most }

  /// Reads the events, and no more than them: what is no YAML is left for Yams to refuse. O(text): an anchor's extent is kept.
  ///
  /// - Throws: ``ConfigurationError`` if the values come to more than `most` bytes and values, if one lies in more than 64 others, or if
  ///   a key is a list or an object.
  static func check(_ text: [UInt8], most: Int) throws(ConfigurationError) {
    var extent = YAMLExtent(most: most)
    var parser = unsafe yaml_parser_t()
    guard unsafe yaml_parser_initialize(&parser) == 1 else { return }
    defer { unsafe yaml_parser_delete(&parser) }
    unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    let failure: ConfigurationError? = unsafe text.withUnsafeBufferPointer { bytes in
      unsafe yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      var event = unsafe yaml_event_t()
      while unsafe yaml_parser_parse(&parser, &event) == 1 {
        defer { unsafe yaml_event_delete(&event) }
        if unsafe event.type == YAML_STREAM_END_EVENT { break }
        do throws(ConfigurationError) {
          unsafe try extent.take(event)
        } catch {
          return error
        }
      }
      return nil
    }
    if let failure { throw failure }
  }

  private mutating func take(_ event: yaml_event_t) throws(ConfigurationError) {
    switch unsafe event.type {
    case YAML_SCALAR_EVENT:
      let size = unsafe 1 + event.data.scalar.length
      unsafe try add(Extent(size: size), isText: true, anchor: name(event.data.scalar.anchor), event)
    case YAML_ALIAS_EVENT:
      let named = unsafe name(event.data.alias.anchor).flatMap { anchors[$0] } ?? Extent(size: 1)
      unsafe try add(named, isText: named.depth == 0, anchor: nil, event)
    case YAML_SEQUENCE_START_EVENT:
      unsafe open.append(Frame(anchor: name(event.data.sequence_start.anchor), isMapping: false, isKey: false))
    case YAML_MAPPING_START_EVENT:
      unsafe open.append(Frame(anchor: name(event.data.mapping_start.anchor), isMapping: true, isKey: true))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      guard let frame = open.popLast() else { return }
      let extent = Extent(size: 1 + frame.extent.size, depth: 1 + frame.extent.depth)
      unsafe try add(extent, isText: false, anchor: frame.anchor, event)
    default: break
    }
  }

  private mutating func add(_ extent: Extent, isText: Bool, anchor: String?, _ event: yaml_event_t)
    throws(ConfigurationError)
  {
    if let anchor { anchors[anchor] = extent }
    guard let last = open.indices.last else { return }
    if open[last].isKey, !isText { throw unsafe error(event, "has a key that is no text") }
    if open[last].isMapping { open[last].isKey.toggle() }
    open[last].extent.size += extent.size
    open[last].extent.depth = max(open[last].extent.depth, extent.depth)
    if open[last].extent.size > most { throw unsafe error(event, "repeats too much by aliases") }
    if open.count + extent.depth > Self.mostDepth {
      throw unsafe error(event, "is nested too deeply: \(Self.mostDepth) levels at most")
    }
  }

  private func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe anchor.map { unsafe String(cString: $0) }
  }

  private func error(_ event: yaml_event_t, _ message: String) -> ConfigurationError {
    unsafe ConfigurationError(
      line: event.start_mark.line + 1, column: event.start_mark.column + 1, pointer: "", message: message)
  }
}
