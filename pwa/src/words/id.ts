/** Bahasa Indonesia: every word of the app that does not come with the form. Keys are `where.what`. */
export const id = {
  // ---- form, door, shared pieces (phone form) ----
  "ui.back": "Kembali",
  "ui.close": "Tutup",
  "ui.cancel": "Batal",
  "ui.save": "Simpan",
  // ---- end (phone form) ----
};
