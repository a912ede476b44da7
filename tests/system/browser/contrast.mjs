// SPDX-License-Identifier: MIT
// Finds texts that are hard to read: WCAG AA asks for a contrast of 4.5:1 with what lies behind them.

// Runs in the page, so it must not use anything from outside of it.
function measureInPage() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  // Paints the colours over each other: that understands every notation and every transparency.
  const luminance = (colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const isWord = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
  const hasOwnText = (part) => [...part.childNodes].some(isWord);
  const isDrawn = (part) => part.checkVisibility() && !part.closest(".visually-hidden, .skip-link, noscript");

  const measured = [];
  for (const part of document.querySelectorAll("body *")) {
    if (!hasOwnText(part) || !isDrawn(part)) continue;
    const behind = [];
    for (let box = part; box; box = box.parentElement) behind.unshift(getComputedStyle(box).backgroundColor);
    const ground = luminance(["white", ...behind]);
    const text = luminance([getComputedStyle(part).color]);
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    measured.push({ text: part.textContent.slice(0, 40), ratio: Math.round(ratio * 100) / 100 });
  }
  return measured;
}

// All texts in sight as {text, ratio}.
export const measureContrast = (page) => page.evaluate(measureInPage);
