(function () {
  'use strict';
  var STALE = 16000, POLL = 5000;
  var main = document.getElementById('m');
  var live = main.getAttribute('data-live');
  var revision = main.getAttribute('data-revision');
  var over = main.getAttribute('data-over') === 'true';
  var heard = new Date().getTime();
  var source = null, asking = false;
  function age() {
    var place = document.getElementById('age');
    if (!place) { return; }
    var passed = new Date().getTime() - heard;
    var stale = passed > STALE;
    var words = main.getAttribute(stale ? 'data-stale' : 'data-fresh');
    place.className = stale ? 'age stale' : 'age';
    place.textContent = words.replace('{n}', Math.floor(passed / 1000));
  }
  function opened() {
    var all = main.getElementsByTagName('details'), ids = [], i;
    for (i = 0; i < all.length; i += 1) { if (all[i].open) { ids.push(all[i].id); } }
    return ids;
  }
  function show(text) {
    var view = JSON.parse(text), open, i, again;
    heard = new Date().getTime();
    if (view.revision !== revision) {
      open = opened();
      revision = view.revision;
      main.innerHTML = view.html;
      document.title = view.title;
      for (i = 0; i < open.length; i += 1) {
        again = document.getElementById(open[i]);
        if (again) { again.open = true; }
      }
      if (view.called && navigator.vibrate) { navigator.vibrate([400, 200, 400]); }
    }
    over = view.over;
    if (over && source) { source.close(); source = null; }
    age();
  }
  function ask() {
    if (asking || over) { return; }
    asking = true;
    var request = new XMLHttpRequest();
    request.open('GET', live + (live.indexOf('?') < 0 ? '?' : '&') + 'poll=1');
    request.timeout = 8000;
    request.onreadystatechange = function () {
      if (request.readyState !== 4) { return; }
      asking = false;
      if (request.status === 200) { try { show(request.responseText); } catch (ignore) {} }
    };
    request.send();
  }
  function listen() {
    if (over || source || !window.EventSource) { return; }
    source = new window.EventSource(live);
    source.addEventListener('view', function (event) { try { show(event.data); } catch (ignore) {} });
    source.addEventListener('alive', function () { heard = new Date().getTime(); age(); });
  }
  listen();
  setInterval(age, 1000);
  setInterval(function () {
    if (over) { return; }
    if (source && source.readyState === 2) { source = null; listen(); }
    if (new Date().getTime() - heard > POLL * 2) { ask(); }
  }, POLL);
  if (document.addEventListener) {
    document.addEventListener('visibilitychange', function () { if (!document.hidden) { ask(); } });
  }
  age();
}());
