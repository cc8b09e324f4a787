/// What the page does beside being read.
enum ReportScript {
  /// The choice of the model, and the filter of samples. It reads nothing but attributes and text, and writes nothing but counts.
  static let element: StaticString = #"""
    <script>
    (function () {
      var find = function (id) { return document.getElementById(id); };
      document.documentElement.classList.add('js');
      var choose = find('choose');
      if (choose) {
        var panels = document.querySelectorAll('.panel');
        var show = function () {
          panels.forEach(function (panel) { panel.hidden = choose.value !== '' && panel.dataset.model !== choose.value; });
        };
        choose.addEventListener('change', show);
        show();
      }
      var table = find('samples');
      if (!table) { return; }
      var rows = Array.from(table.tBodies[0].rows);
      var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
      var search = find('search'), model = find('by-model'), reason = find('by-reason'), kind = find('by-kind');
      var filter = function () {
        var words = search.value.toLowerCase().split(/\s+/), shown = 0;
        rows.forEach(function (row, place) {
          var data = row.dataset;
          var fits = (model.value === '' || data.model === model.value)
            && (reason.value === '' || data.reason === reason.value)
            && (reason.value !== '' || !kind || !kind.checked || data.kind === 'verdict')
            && words.every(function (word) { return texts[place].includes(word); });
          row.hidden = !fits;
          if (fits) { shown += 1; }
        });
        find('shown').textContent = shown + ' of ' + rows.length;
      };
      [search, model, reason, kind].forEach(function (field) { if (field) { field.addEventListener('input', filter); } });
      filter();
    }());
    </script>

    """#
}
