// An iPad says that it is a Mac, which no Mac with a touch screen could: the sign-in tells the two apart by this.
if (navigator.maxTouchPoints > 0 && navigator.userAgent.includes("Macintosh"))
  document.cookie = `accounts-touch=1; path=/; max-age=34560000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
