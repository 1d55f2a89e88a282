import { chromium } from 'playwright-core'; import {readFileSync} from 'node:fs';
const url=readFileSync('/tmp/e_proxy.log','utf8').trim().split('\n')[0];
const views=(process.argv[2]||'portfolio,map,shocks,plan,compare,landscape,sources').split(','); const widths=(process.argv[3]||'1280,1920,820').split(',').map(Number); const schemes=(process.argv[4]||'light').split(',');
const browser=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
for(const scheme of schemes) for(const width of widths){ const height=width>=1920?1080:width>=1280?800:width>=800?1180:844;
 const page=await browser.newPage({viewport:{width,height},colorScheme:scheme}); page.setDefaultTimeout(120000);
 page.on('pageerror',e=>console.log('ERR',e.message)); page.on('console',m=>m.type()==='error'&&console.log('console',m.text()));
 await page.addInitScript(()=>localStorage.setItem('multipolar-tour','1')); await page.goto(url+(process.env.HASH||''));
 await page.waitForFunction(()=>document.querySelectorAll('#figures .figure').length===5,null,{timeout:120000});
 if(process.env.SETTLE) await page.waitForFunction(()=>!document.querySelector('#figures .refining'),null,{timeout:120000});
 for(const v of views){ if(v==='portfolio'&&width>=1100) continue; await page.click(`#views [data-view=${v}]`); if(process.env.DO) await page.evaluate(process.env.DO); await page.waitForTimeout(v==='landscape'?3000:700); await page.screenshot({path:`/tmp/e_shots/${v}-${width}-${scheme}.png`});
  const over=await page.evaluate(()=>[...document.querySelectorAll('.pane,header,#figures,footer')].filter(n=>n.scrollWidth>n.clientWidth+1).map(n=>n.id||n.tagName)); if(over.length||await page.evaluate(()=>document.documentElement.scrollWidth>innerWidth)) console.log(v,width,'overflow',over);
 } await page.close(); }
await browser.close();
