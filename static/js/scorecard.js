// Keys 1 to 9, and 0 for 10, set the mark of the criterion in focus and go on to the next one; leaving with something
// unsaved is asked about. Without this the radio buttons work by Tab and arrow keys.
const form = document.querySelector("[data-scorecard]");

function follow(card) {
  const groups = Array.from(card.querySelectorAll("[data-marks]"));
  const hint = card.querySelector(".keys");
  if (hint) hint.hidden = false;

  const radio = (group, mark) => group.querySelector(`input[type="radio"][value="${mark}"]:not(:disabled)`);

  card.addEventListener("keydown", (event) => {
    const here = event.target.closest("[data-marks]");
    const typed = event.ctrlKey || event.altKey || event.metaKey || event.target.type !== "radio";
    if (!here || typed || !/^[0-9]$/.test(event.key)) return;
    const found = event.key === "0" ? radio(here, "10") || radio(here, "0") : radio(here, event.key);
    if (!found) return;
    event.preventDefault();
    if (!found.checked) {
      found.checked = true;
      found.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const following = groups[groups.indexOf(here) + 1];
    const next = following ? following.querySelector("input:checked") : card.querySelector("textarea");
    if (next) next.focus();
  });

  let changed = false;
  card.addEventListener("input", () => { changed = true; });
  card.addEventListener("change", () => { changed = true; });
  card.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

if (form) follow(form);
