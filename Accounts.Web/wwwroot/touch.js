// An iPad claims to be a Mac, but no Mac has a touch screen. This cookie lets the sign-in tell them apart.
if (navigator.maxTouchPoints > 0 && navigator.userAgent.includes("Macintosh"))
  document.cookie = `accounts-touch=1; path=/; max-age=34560000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
