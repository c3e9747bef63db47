// Counts what is typed beside its limit, by the rule of awards/writing.py. Without it the page shows the count as of
// the last save.
const WHITE =
  "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a" +
  "\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = new RegExp(`[^${WHITE}]+`, "g");
const SPACE = new RegExp(`[${WHITE}]`, "g");

export function count(text, unit) {
  const composed = text.normalize("NFC");
  return unit === "characters"
    ? Array.from(composed.replace(SPACE, "")).length
    : (composed.match(WORD) || []).length;
}

function follow(input) {
  const shown = document.getElementById(input.dataset.shownIn);
  const limit = Number(input.dataset.limit);
  const figures = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const found = count(input.value, input.dataset.count);
    shown.textContent = shown.dataset.words
      .replace("{count}", figures.format(found))
      .replace("{limit}", figures.format(limit));
    shown.classList.toggle("over", found > limit);
  };
  input.addEventListener("input", show);
  show();
}

document.querySelectorAll("[data-count]").forEach(follow);
