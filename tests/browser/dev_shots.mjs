import { chromium } from 'playwright-core';
import { mkdirSync } from 'node:fs';
const url=process.argv[2]; const views=(process.argv[3]||'map').split(','); const sizes=(process.argv[4]||'1280x800').split(',').map(x=>x.split('x').map(Number)); const schemes=(process.argv[5]||'light').split(',');
mkdirSync('/tmp/dev/s',{recursive:true});
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking']});
for (const scheme of schemes) for (const [w,h] of sizes){ const p=await b.newPage({viewport:{width:w,height:h},colorScheme:scheme});
 p.on('pageerror',e=>console.log('ERR',e.stack)); p.on('console',m=>m.type()==='error'&&console.log('console',m.text()));
 await p.addInitScript(()=>localStorage.setItem('multipolar-tour','1'));
 await p.goto(url); await p.waitForFunction(()=>document.querySelectorAll('#figures .figure').length===5,null,{timeout:60000}).catch(e=>console.log(String(e)));
 await p.waitForFunction(()=>!document.querySelector('#figures .refining'),null,{timeout:60000}).catch(e=>console.log(String(e)));
 if (process.env.DO) await p.evaluate(process.env.DO).catch(e=>console.log(String(e)));
 if (process.env.CLICK) for (const c of process.env.CLICK.split(';')) await p.click(c,{timeout:5000}).catch(e=>console.log(String(e).slice(0,300)));
 if (process.env.CLICK) await p.waitForTimeout(+(process.env.WAIT||3500));
 for (const v of views){ const el=p.locator(`#views [data-view=${v}]`); if(await el.isVisible()) await el.click(); await p.waitForTimeout(v==='landscape'?1500:300); await p.screenshot({path:`/tmp/dev/s/${v}-${w}-${scheme}.png`}); }
 await p.close(); }
await b.close();
