/// A page that needs nothing else: its style is in it, and it may load nothing.
package enum HTMLPage {
  /// The page, UTF-8. O(text).
  ///
  /// - Parameters:
  ///   - title: What the window is called.
  ///   - style: A `<style>` element beside the common one, if the page has one.
  ///   - script: A `<script>` element of this package's own, if the page has one.
  ///   - body: Writes what stands in the body: `<header>`, `<main>` and `<footer>`.
  package static func document(
    title: String, style own: StaticString? = nil, script: StaticString? = nil, _ body: (inout HTMLText) -> Void
  ) -> [UInt8] {
    var page = HTMLText()
    page.raw(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">

      """)
    page.element("title", title)
    page.newLine()
    page.raw(style)
    if let own { page.raw(own) }
    page.raw("</head>\n<body>\n")
    body(&page)
    if let script { page.raw(script) }
    page.raw("</body>\n</html>\n")
    return Array(page.text.utf8)
  }

  /// How it looks: light and dark, wide and narrow.
  private static let style: StaticString = #"""
    <style>
    :root {
      color-scheme: light dark;
      --ground: #faf9f7; --sheet: #ffffff; --ink: #1d2127; --soft: #5a626e; --line: #dcdfe4; --grid: #e6e8ec;
      --official: #3567b5; --strict: #d0812b; --official-bar: #3567b5; --strict-bar: #d0812b;
      --whisker: #1d2127; --good: #1f7a4c; --tint: #eef1f6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #131518; --sheet: #1a1d21; --ink: #e6e8eb; --soft: #a3abb7; --line: #31363d; --grid: #2a2e35;
        --official: #6f9fe6; --strict: #e0a057; --official-bar: #416aa8; --strict-bar: #9a662a;
        --whisker: #f2f3f5; --good: #6cc795; --tint: #23272e;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    }
    header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
    header { padding-top: 3rem; }
    .eyebrow { margin: 0; color: var(--soft); font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
    h1 { margin: .25rem 0 .5rem; font-size: 2.25rem; line-height: 1.15; letter-spacing: -.02em; overflow-wrap: anywhere; }
    h2 { margin: 0 0 .5rem; font-size: 1.375rem; letter-spacing: -.01em; }
    h3 { margin: 2rem 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
    p { margin: 0 0 .75rem; }
    .lede { max-width: 46rem; font-size: 1.0625rem; }
    .note { max-width: 46rem; color: var(--soft); }
    section { margin: 2.5rem 0; padding: 1.75rem 2rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
    nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.25rem 0 .75rem; }
    a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 3px; }
    a:hover { text-decoration-color: currentColor; }
    :focus-visible { outline: 2px solid var(--official); outline-offset: 2px; border-radius: 2px; }
    .key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; color: var(--soft); font-size: .8125rem; }
    .key i { display: inline-block; width: 14px; height: 8px; margin-right: .45rem; border-radius: 1px; vertical-align: middle; }
    .key .o { background: var(--official); }
    .key .s { background: var(--strict); }
    .key .w { height: 7px; border: solid var(--whisker); border-width: 0 1.5px; background: linear-gradient(var(--whisker), var(--whisker)) center / 100% 1.5px no-repeat; }
    table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
    th { font-weight: 600; text-align: left; }
    thead th { padding: .375rem .75rem .375rem 0; color: var(--soft); font-size: .75rem; font-weight: 500; vertical-align: bottom; border-bottom: 1px solid var(--line); }
    tbody th, tbody td { padding: .4rem .75rem .4rem 0; vertical-align: top; border-bottom: 1px solid var(--grid); }
    tbody tr:last-child > * { border-bottom: 0; }
    th:last-child, td:last-child { padding-right: 0; }
    thead th.number, td.number { text-align: right; white-space: nowrap; }
    tbody th, .pairs td { overflow-wrap: anywhere; }
    small { display: block; color: var(--soft); font-size: .75rem; font-weight: 400; white-space: nowrap; }
    .scroll { overflow-x: auto; }
    .scroll tbody th { min-width: 9rem; max-width: 22rem; }
    .tall { max-height: 34rem; overflow-y: auto; border: solid var(--line); border-width: 1px 0; }
    .tall thead th { position: sticky; top: 0; z-index: 1; background: var(--sheet); border-bottom: 0; box-shadow: inset 0 -1px var(--line); }
    .tall tbody th { min-width: 14rem; }
    .tall td.codes { min-width: 16rem; }
    .tall thead th:first-child { padding-left: 0; }
    .value { display: block; }
    .value.s { color: var(--soft); font-size: .8125rem; }
    .value::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: .4rem; border-radius: 50%; background: var(--official); }
    .value.s::before { background: var(--strict); }
    .open, .none { color: var(--soft); }
    .open::before { content: none !important; }
    .chart { margin-top: 1rem; }
    .chart tbody > tr > * { vertical-align: middle; }
    .chart .name { width: 15rem; }
    .chart .size { color: var(--soft); font-size: .8125rem; }
    .chart .plot { min-width: 10rem; padding-right: 1.5rem; padding-left: .75rem; }
    .chart .change { width: 4rem; }
    .chart td.none { color: var(--soft); }
    .chart tbody .plot { padding-top: .125rem; padding-bottom: .125rem; }
    .chart b { display: block; font-weight: 600; }
    .ticks { position: relative; height: 1.125rem; margin: 0; }
    .ticks span { position: absolute; transform: translateX(-50%); }
    svg { display: block; width: 100%; overflow: visible; }
    circle.o { fill: var(--official); }
    circle.s { fill: var(--strict); }
    rect.o { fill: var(--official-bar); }
    rect.s { fill: var(--strict-bar); }
    line.grid { stroke: var(--grid); }
    line.zero { stroke: var(--soft); }
    line.w { stroke: var(--whisker); stroke-width: 1.25; }
    .dots line.w.o { stroke: var(--official); stroke-width: 1.75; }
    .dots line.w.s { stroke: var(--strict); stroke-width: 1.75; }
    .split { width: 7rem; margin-top: .25rem; }
    .pairs td:nth-child(-n+2) { min-width: 9rem; }
    .clear { font-weight: 700; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; font-size: .875rem; }
    dt { font-weight: 600; }
    dd { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
    code { font: .8125rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
    code.valid { color: var(--good); font-weight: 600; }
    .arrow { color: var(--soft); }
    .reasons { margin: 1rem 0 0; padding: 0; list-style: none; }
    .reasons li { display: flex; gap: 1rem; padding: .625rem 0; border-bottom: 1px solid var(--grid); scroll-margin-top: 1rem; }
    .reasons li:last-child { border-bottom: 0; }
    .reasons li:target { background: var(--tint); box-shadow: 0 0 0 .5rem var(--tint); border-radius: 2px; }
    .reasons .count { flex: none; width: 3rem; font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
    .reasons.minor .count { color: var(--soft); font-weight: 400; }
    summary { margin-top: .75rem; cursor: pointer; }
    summary + .reasons { margin-top: 0; }
    .reasons p { margin: 0; max-width: 46rem; }
    .reasons .codes + p { color: var(--soft); font-size: .875rem; }
    td.codes a { text-decoration: none; }
    td.codes a:hover { text-decoration: underline; }
    .filter { display: flex; flex-wrap: wrap; align-items: end; gap: .75rem 1rem; margin: .75rem 0 1rem; font-size: .8125rem; color: var(--soft); }
    .filter label { display: grid; gap: .2rem; min-width: 0; max-width: 22rem; }
    .filter .check { display: flex; align-items: center; gap: .4rem; padding: .4rem 0; }
    .filter output { margin-left: auto; padding: .4rem 0; }
    input[type=search], select { width: 100%; max-width: 22rem; padding: .375rem .5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: var(--ink); font: inherit; font-size: .875rem; height: 2.25rem; }
    #by-reason { width: 16rem; }
    .scripted { display: none; }
    .js .scripted { display: flex; }
    .panel[hidden], tr[hidden] { display: none; }
    .js .filter + .panel h3, .js .panel ~ .panel h3 { margin-top: 1rem; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    footer { padding-bottom: 3rem; color: var(--soft); font-size: .8125rem; }
    @media (max-width: 46rem) {
      header, main, footer { padding-left: 1rem; padding-right: 1rem; }
      header { padding-top: 1.75rem; }
      h1 { font-size: 1.75rem; }
      section { margin: 1.5rem -1rem; padding: 1.5rem 1rem; border-width: 1px 0; border-radius: 0; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .6rem; }
      .chart, .chart thead, .chart tbody { display: block; }
      .chart thead tr { display: block; }
      .chart thead th:not(.plot) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .chart thead .plot { display: block; padding: 0 .5rem .25rem; }
      .chart tbody tr { display: grid; grid-template-columns: 1fr 1fr 4rem; padding: .625rem 0; border-bottom: 1px solid var(--grid); }
      .chart tbody tr:last-child { border-bottom: 0; }
      .chart tbody tr > * { padding: 0; border: 0; width: auto; text-align: left; }
      .chart tbody .name { grid-column: 1 / 3; }
      .chart tbody .size { text-align: right; }
      .chart tbody .size::before { content: "n "; }
      .chart tbody .plot { grid-column: 1 / -1; padding: .125rem .5rem; }
      .chart b::before { font-weight: 400; color: var(--soft); }
      .chart .official b::before { content: "official "; }
      .chart .strict b::before { content: "strict "; }
      .chart tbody .change { width: auto; text-align: right; }
      .filter label, .filter select, .filter input[type=search] { width: 100%; max-width: none; }
      #by-reason { width: 100%; }
      .filter output { margin-left: 0; }
      .tall table, .tall tbody { display: block; }
      .tall thead { position: absolute; clip-path: inset(50%); }
      .tall tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--grid); }
      .tall tbody th, .tall tbody td { min-width: 0; max-width: none; padding: 0; border: 0; }
      .tall tbody th, .tall tbody td.codes { flex-basis: 100%; min-width: 0; }
      .tall tbody td { color: var(--soft); font-size: .8125rem; }
      .tall td.codes a { color: var(--ink); }
      .reasons .count { width: 2rem; }
    }
    @media print {
      body { background: #fff; }
      section { border: 0; padding: 0; break-inside: auto; }
      .filter, nav { display: none !important; }
      .panel[hidden] { display: block; }
      .tall { max-height: none; }
    }
    </style>

    """#
}
