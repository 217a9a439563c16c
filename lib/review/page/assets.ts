/** The script and the style of the page, made by scripts/build-page.js from client/ and uPlot. */
export const SCRIPT: string =
  "/*! The charts are drawn by uPlot.\n\nThe MIT License (MIT)\n\nCopyright (c) 2022 Leon Sorokin\n\nPermissi" +
  "on is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated" +
  " documentation files (the \"Software\"), to deal\nin the Software without restriction, including withou" +
  "t limitation the rights\nto use, copy, modify, merge, publish, distribute, sublicense, and/or sell\nco" +
  "pies of the Software, and to permit persons to whom the Software is\nfurnished to do so, subject to t" +
  "he following conditions:\n\nThe above copyright notice and this permission notice shall be included in" +
  "\nall copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARR" +
  "ANTY OF ANY KIND, EXPRESS OR\nIMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY" +
  ",\nFITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE\nAUTHORS OR COPYRIGHT H" +
  "OLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER\nLIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT O" +
  "R OTHERWISE, ARISING FROM,\nOUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN" +
  "\nTHE SOFTWARE.\n*/\n\"use strict\";(()=>{var Ot=Math.max(2,window.devicePixelRatio);var gr=\"uplot\",wr=\"u" +
  "-hz\",Sr=\"u-vt\",br=\"u-title\",_r=\"u-wrap\",yr=\"u-under\",vr=\"u-over\",xr=\"u-axis\",Qt=\"u-off\",Tr=\"u-select" +
  "\",kr=\"u-cursor-x\",Mr=\"u-cursor-y\",Er=\"u-cursor-pt\",Lr=\"u-legend\",Ar=\"u-live\",Dr=\"u-inline\",Pr=\"u-ser" +
  "ies\",Cr=\"u-marker\",ei=\"u-label\",Fr=\"u-value\",Gl=\"width\",$l=\"height\";var ti=\"bottom\",vl=\"left\",Bn=\"ri" +
  "ght\",ro=\"#000\",li=ro+\"0\",Yn=\"mousemove\",ni=\"mousedown\",Un=\"mouseup\",oi=\"mouseenter\",ii=\"mouseleave\"," +
  "si=\"dblclick\",Hr=\"resize\",Rr=\"scroll\",ri=\"change\",un=\"dppxchange\",fo=\"--\",Al=typeof window<\"u\",Zn=Al" +
  "?document:null,Tl=Al?window:null,Vr=Al?navigator:null,ie,on;function Qn(){let e=Ot;ie!=e&&(ie=e,on&&" +
  "eo(ri,on,Qn),on=matchMedia(`(min-resolution: ${ie-.001}dppx) and (max-resolution: ${ie+.001}dppx)`)," +
  "Xt(ri,on,Qn),Tl.dispatchEvent(new CustomEvent(un)))}function Xe(e,l){if(l!=null){let i=e.classList;!" +
  "i.contains(l)&&i.add(l)}}function Xn(e,l){let i=e.classList;i.contains(l)&&i.remove(l)}function ge(e" +
  ",l,i){e.style[l]=i+\"px\"}function mt(e,l,i,n){let s=Zn.createElement(e);return l!=null&&Xe(s,l),i?.in" +
  "sertBefore(s,n),s}function ft(e,l){return mt(\"div\",e,l)}var fi=new WeakMap;function kt(e,l,i,n,s){le" +
  "t c=\"translate(\"+l+\"px,\"+i+\"px)\",u=fi.get(e);c!=u&&(e.style.transform=c,fi.set(e,c),l<0||i<0||l>n||i" +
  ">s?Xe(e,Qt):Xn(e,Qt))}var ui=new WeakMap;function ci(e,l,i){let n=l+i,s=ui.get(e);n!=s&&(ui.set(e,n)" +
  ",e.style.background=l,e.style.borderColor=i)}var ai=new WeakMap;function pi(e,l,i,n){let s=l+\"\"+i,c=" +
  "ai.get(e);s!=c&&(ai.set(e,s),e.style.height=i+\"px\",e.style.width=l+\"px\",e.style.marginLeft=n?-l/2+\"p" +
  "x\":0,e.style.marginTop=n?-i/2+\"px\":0)}var uo={passive:!0},Or={...uo,capture:!0};function Xt(e,l,i,n)" +
  "{l.addEventListener(e,i,n?Or:uo)}function eo(e,l,i,n){l.removeEventListener(e,i,uo)}Al&&Qn();functio" +
  "n gt(e,l,i,n){let s;i=i||0,n=n||l.length-1;let c=n<=2147483647;for(;n-i>1;)s=c?i+n>>1:et((i+n)/2),l[" +
  "s]<e?i=s:n=s;return e-l[i]<=l[n]-e?i:n}function Wi(e){return(i,n,s)=>{let c=-1,u=-1;for(let p=n;p<=s" +
  ";p++)if(e(i[p])){c=p;break}for(let p=s;p>=n;p--)if(e(i[p])){u=p;break}return[c,u]}}var Ii=e=>e!=null" +
  ",Gi=e=>e!=null&&e>0,pn=Wi(Ii),zr=Wi(Gi);function Nr(e,l,i,n=0,s=!1){let c=s?zr:pn,u=s?Gi:Ii;[l,i]=c(" +
  "e,l,i);let p=e[l],h=e[l];if(l>-1)if(n==1)p=e[l],h=e[i];else if(n==-1)p=e[i],h=e[l];else for(let m=l;" +
  "m<=i;m++){let b=e[m];u(b)&&(b<p?p=b:b>h&&(h=b))}return[p??ce,h??-ce]}function hn(e,l,i,n){let s=mi(e" +
  "),c=mi(l);e==l&&(s==-1?(e*=i,l/=i):(e/=i,l*=i));let u=i==10?At:$i,p=s==1?et:ut,h=c==1?ut:et,m=p(u(Ae" +
  "(e))),b=h(u(Ae(l))),g=kl(i,m),w=kl(i,b);return i==10&&(m<0&&(g=ae(g,-m)),b<0&&(w=ae(w,-b))),n||i==2?" +
  "(e=g*s,l=w*c):(e=Ki(e,g),l=dn(l,w)),[e,l]}function co(e,l,i,n){let s=hn(e,l,i,n);return e==0&&(s[0]=" +
  "0),l==0&&(s[1]=0),s}var ao=.1,hi={mode:3,pad:ao},Yl={pad:0,soft:null,mode:0},Wr={min:Yl,max:Yl};func" +
  "tion cn(e,l,i,n){return mn(i)?di(e,l,i):(Yl.pad=i,Yl.soft=n?0:null,Yl.mode=n?3:0,di(e,l,Wr))}functio" +
  "n ne(e,l){return e??l}function Ir(e,l,i){for(l=ne(l,0),i=ne(i,e.length-1);l<=i;){if(e[l]!=null)retur" +
  "n!0;l++}return!1}function di(e,l,i){let n=i.min,s=i.max,c=ne(n.pad,0),u=ne(s.pad,0),p=ne(n.hard,-ce)" +
  ",h=ne(s.hard,ce),m=ne(n.soft,ce),b=ne(s.soft,-ce),g=ne(n.mode,0),w=ne(s.mode,0),P=l-e,D=At(P),O=Be(A" +
  "e(e),Ae(l)),N=At(O),I=Ae(N-D);(P<1e-24||I>10)&&(P=0,(e==0||l==0)&&(P=1e-24,g==2&&m!=ce&&(c=0),w==2&&" +
  "b!=-ce&&(u=0)));let v=P||O||1e3,z=At(v),x=kl(10,et(z)),q=v*(P==0?e==0?.1:1:c),A=ae(Ki(e-q,x/10),24)," +
  "j=e>=m&&(g==1||g==3&&A<=m||g==2&&A>=m)?m:ce,Y=Be(p,A<j&&e>=j?j:wt(j,A)),Q=v*(P==0?l==0?.1:1:u),B=ae(" +
  "dn(l+Q,x/10),24),T=l<=b&&(w==1||w==3&&B>=b||w==2&&B<=b)?b:-ce,K=wt(h,B>T&&l<=T?T:Be(T,B));return Y==" +
  "K&&Y==0&&(K=100),[Y,K]}var Gr=new Intl.NumberFormat(Al?Vr.language:\"en-US\"),po=e=>Gr.format(e),tt=Ma" +
  "th,fn=tt.PI,Ae=tt.abs,et=tt.floor,Le=tt.round,ut=tt.ceil,wt=tt.min,Be=tt.max,kl=tt.pow,mi=tt.sign,At" +
  "=tt.log10,$i=tt.log2,$r=(e,l=1)=>tt.sinh(e)*l,Kn=(e,l=1)=>tt.asinh(e/l),ce=1/0;function gi(e){return" +
  "(At((e^e>>31)-(e>>31))|0)+1}function to(e,l,i){return wt(Be(e,l),i)}function Bi(e){return typeof e==" +
  "\"function\"}function X(e){return Bi(e)?e:()=>e}var Br=()=>{},Yi=e=>e,Ui=(e,l)=>l,Yr=e=>null,wi=e=>!0," +
  "Si=(e,l)=>e==l,Ur=/\\.\\d*?(?=9{6,}|0{6,})/gm,el=e=>{if(ji(e)||Nt.has(e))return e;let l=`${e}`,i=l.mat" +
  "ch(Ur);if(i==null)return e;let n=i[0].length-1;if(l.indexOf(\"e-\")!=-1){let[s,c]=l.split(\"e\");return+" +
  "`${el(s)}e${c}`}return ae(e,n)};function Jt(e,l){return el(ae(el(e/l))*l)}function dn(e,l){return el" +
  "(ut(el(e/l))*l)}function Ki(e,l){return el(et(el(e/l))*l)}function ae(e,l=0){if(ji(e))return e;let i" +
  "=10**l,n=e*i*(1+Number.EPSILON);return Le(n)/i}var Nt=new Map;function qi(e){return((\"\"+e).split(\".\"" +
  ")[1]||\"\").length}function Kl(e,l,i,n){let s=[],c=n.map(qi);for(let u=l;u<i;u++){let p=Ae(u),h=ae(kl(" +
  "e,u),p);for(let m=0;m<n.length;m++){let b=e==10?+`${n[m]}e${u}`:n[m]*h,g=(u>=0?0:p)+(u>=c[m]?0:c[m])" +
  ",w=e==10?b:ae(b,g);s.push(w),Nt.set(w,g)}}return s}var Ul={},ho=[],Ml=[null,null],zt=Array.isArray,j" +
  "i=Number.isInteger,Kr=e=>e===void 0;function bi(e){return typeof e==\"string\"}function mn(e){let l=!1" +
  ";if(e!=null){let i=e.constructor;l=i==null||i==Object}return l}function qr(e){return e!=null&&typeof" +
  " e==\"object\"}var jr=Object.getPrototypeOf(Uint8Array),Ji=\"__proto__\";function El(e,l=mn){let i;if(zt" +
  "(e)){let n=e.find(s=>s!=null);if(zt(n)||l(n)){i=Array(e.length);for(let s=0;s<e.length;s++)i[s]=El(e" +
  "[s],l)}else i=e.slice()}else if(e instanceof jr)i=e.slice();else if(l(e)){i={};for(let n in e)n!=Ji&" +
  "&(i[n]=El(e[n],l))}else i=e;return i}function Te(e){let l=arguments;for(let i=1;i<l.length;i++){let " +
  "n=l[i];for(let s in n)s!=Ji&&(mn(e[s])?Te(e[s],El(n[s])):e[s]=El(n[s]))}return e}var Jr=0,Zr=1,Qr=2;" +
  "function Xr(e,l,i){for(let n=0,s,c=-1;n<l.length;n++){let u=l[n];if(u>c){for(s=u-1;s>=0&&e[s]==null;" +
  ")e[s--]=null;for(s=u+1;s<i&&e[s]==null;)e[c=s++]=null}}}function ef(e,l){if(nf(e)){let u=e[0].slice(" +
  ");for(let p=1;p<e.length;p++)u.push(...e[p].slice(1));return of(u[0])||(u=lf(u)),u}let i=new Set;for" +
  "(let u=0;u<e.length;u++){let h=e[u][0],m=h.length;for(let b=0;b<m;b++)i.add(h[b])}let n=[Array.from(" +
  "i).sort((u,p)=>u-p)],s=n[0].length,c=new Map;for(let u=0;u<s;u++)c.set(n[0][u],u);for(let u=0;u<e.le" +
  "ngth;u++){let p=e[u],h=p[0];for(let m=1;m<p.length;m++){let b=p[m],g=Array(s).fill(void 0),w=l?l[u][" +
  "m]:Zr,P=[];for(let D=0;D<b.length;D++){let O=b[D],N=c.get(h[D]);O===null?w!=Jr&&(g[N]=O,w==Qr&&P.pus" +
  "h(N)):g[N]=O}Xr(g,P,s),n.push(g)}}return n}var tf=typeof queueMicrotask>\"u\"?e=>Promise.resolve().the" +
  "n(e):queueMicrotask;function lf(e){let l=e[0],i=l.length,n=Array(i);for(let c=0;c<n.length;c++)n[c]=" +
  "c;n.sort((c,u)=>l[c]-l[u]);let s=[];for(let c=0;c<e.length;c++){let u=e[c],p=Array(i);for(let h=0;h<" +
  "i;h++)p[h]=u[n[h]];s.push(p)}return s}function nf(e){let l=e[0][0],i=l.length;for(let n=1;n<e.length" +
  ";n++){let s=e[n][0];if(s.length!=i)return!1;if(s!=l){for(let c=0;c<i;c++)if(s[c]!=l[c])return!1}}ret" +
  "urn!0}function of(e,l=100){let i=e.length;if(i<=1)return!0;let n=0,s=i-1;for(;n<=s&&e[n]==null;)n++;" +
  "for(;s>=n&&e[s]==null;)s--;if(s<=n)return!0;let c=Be(1,et((s-n+1)/l));for(let u=e[n],p=n+c;p<=s;p+=c" +
  "){let h=e[p];if(h!=null){if(h<=u)return!1;u=h}}return!0}var Zi=[\"January\",\"February\",\"March\",\"April\"" +
  ",\"May\",\"June\",\"July\",\"August\",\"September\",\"October\",\"November\",\"December\"],Qi=[\"Sunday\",\"Monday\",\"Tu" +
  "esday\",\"Wednesday\",\"Thursday\",\"Friday\",\"Saturday\"];function Xi(e){return e.slice(0,3)}var sf=Qi.map(" +
  "Xi),rf=Zi.map(Xi),ff={MMMM:Zi,MMM:rf,WWWW:Qi,WWW:sf};function Il(e){return(e<10?\"0\":\"\")+e}function u" +
  "f(e){return(e<10?\"00\":e<100?\"0\":\"\")+e}var cf={YYYY:e=>e.getFullYear(),YY:e=>(e.getFullYear()+\"\").sli" +
  "ce(2),MMMM:(e,l)=>l.MMMM[e.getMonth()],MMM:(e,l)=>l.MMM[e.getMonth()],MM:e=>Il(e.getMonth()+1),M:e=>" +
  "e.getMonth()+1,DD:e=>Il(e.getDate()),D:e=>e.getDate(),WWWW:(e,l)=>l.WWWW[e.getDay()],WWW:(e,l)=>l.WW" +
  "W[e.getDay()],HH:e=>Il(e.getHours()),H:e=>e.getHours(),h:e=>{let l=e.getHours();return l==0?12:l>12?" +
  "l-12:l},AA:e=>e.getHours()>=12?\"PM\":\"AM\",aa:e=>e.getHours()>=12?\"pm\":\"am\",a:e=>e.getHours()>=12?\"p\":" +
  "\"a\",mm:e=>Il(e.getMinutes()),m:e=>e.getMinutes(),ss:e=>Il(e.getSeconds()),s:e=>e.getSeconds(),fff:e=" +
  ">uf(e.getMilliseconds())};function mo(e,l){l=l||ff;let i=[],n=/\\{([a-z]+)\\}|[^{]+/gi,s;for(;s=n.exec" +
  "(e);)i.push(s[0][0]==\"{\"?cf[s[1]]:s[0]);return c=>{let u=\"\";for(let p=0;p<i.length;p++)u+=typeof i[p" +
  "]==\"string\"?i[p]:i[p](c,l);return u}}var af=new Intl.DateTimeFormat().resolvedOptions().timeZone;fun" +
  "ction pf(e,l){let i;return l==\"UTC\"||l==\"Etc/UTC\"?i=new Date(+e+e.getTimezoneOffset()*6e4):l==af?i=e" +
  ":(i=new Date(e.toLocaleString(\"en-US\",{timeZone:l})),i.setMilliseconds(e.getMilliseconds())),i}var e" +
  "s=e=>e%1==0,an=[1,2,2.5,5],hf=Kl(10,-32,0,an),ts=Kl(10,0,32,an),df=ts.filter(es),Zt=hf.concat(ts),go" +
  "=`\n`,ls=\"{YYYY}\",_i=go+ls,ns=\"{M}/{D}\",Bl=go+ns,sn=Bl+\"/{YY}\",os=\"{aa}\",mf=\"{h}:{mm}\",xl=mf+os,yi=go" +
  "+xl,vi=\":{ss}\",re=null;function is(e){let l=e*1e3,i=l*60,n=i*60,s=n*24,c=s*30,u=s*365,h=(e==1?Kl(10," +
  "0,3,an).filter(es):Kl(10,-3,0,an)).concat([l,l*5,l*10,l*15,l*30,i,i*5,i*10,i*15,i*30,n,n*2,n*3,n*4,n" +
  "*6,n*8,n*12,s,s*2,s*3,s*4,s*5,s*6,s*7,s*8,s*9,s*10,s*15,c,c*2,c*3,c*4,c*6,u,u*2,u*5,u*10,u*25,u*50,u" +
  "*100]),m=[[u,ls,re,re,re,re,re,re,1],[s*28,\"{MMM}\",_i,re,re,re,re,re,1],[s,ns,_i,re,re,re,re,re,1],[" +
  "n,\"{h}\"+os,sn,re,Bl,re,re,re,1],[i,xl,sn,re,Bl,re,re,re,1],[l,vi,sn+\" \"+xl,re,Bl+\" \"+xl,re,yi,re,1]," +
  "[e,vi+\".{fff}\",sn+\" \"+xl,re,Bl+\" \"+xl,re,yi,re,1]];function b(g){return(w,P,D,O,N,I)=>{let v=[],z=N>" +
  "=u,x=N>=c&&N<u,q=g(D),A=ae(q*e,3),j=qn(q.getFullYear(),z?0:q.getMonth(),x||z?1:q.getDate()),Y=ae(j*e" +
  ",3);if(x||z){let Q=x?N/c:0,B=z?N/u:0,T=A==Y?A:ae(qn(j.getFullYear()+B,j.getMonth()+Q,1)*e,3),K=new D" +
  "ate(Le(T/e)),C=K.getFullYear(),G=K.getMonth();for(let V=0;T<=O;V++){let ee=qn(C+B*V,G+Q*V,1),R=ee-g(" +
  "ae(ee*e,3));T=ae((+ee+R)*e,3),T<=O&&v.push(T)}}else{let Q=N>=s?s:N,B=et(D)-et(A),T=Y+B+dn(A-Y,Q);v.p" +
  "ush(T);let K=g(T),C=K.getHours()+K.getMinutes()/i+K.getSeconds()/n,G=N/n,V=w.axes[P]._space,ee=I/V;f" +
  "or(;T=ae(T+N,e==1?0:3),!(T>O);)if(G>1){let R=et(ae(C+G,6))%24,te=g(T).getHours()-R;te>1&&(te=-1),T-=" +
  "te*n,C=(C+G)%24;let fe=v[v.length-1];ae((T-fe)/N,3)*ee>=.7&&v.push(T)}else v.push(T)}return v}}retur" +
  "n[h,m,b]}var[gf,wf,Sf]=is(1),[bf,_f,yf]=is(.001);Kl(2,-53,53,[1]);function xi(e,l){return e.map(i=>i" +
  ".map((n,s)=>s==0||s==8||n==null?n:l(s==1||i[8]==0?n:i[1]+n)))}function Ti(e,l){return(i,n,s,c,u)=>{l" +
  "et p=l.find(D=>u>=D[0])||l[l.length-1],h,m,b,g,w,P;return n.map(D=>{let O=e(D),N=O.getFullYear(),I=O" +
  ".getMonth(),v=O.getDate(),z=O.getHours(),x=O.getMinutes(),q=O.getSeconds(),A=N!=h&&p[2]||I!=m&&p[3]|" +
  "|v!=b&&p[4]||z!=g&&p[5]||x!=w&&p[6]||q!=P&&p[7]||p[1];return h=N,m=I,b=v,g=z,w=x,P=q,A(O)})}}functio" +
  "n vf(e,l){let i=mo(l);return(n,s,c,u,p)=>s.map(h=>i(e(h)))}function qn(e,l,i){return new Date(e,l,i)" +
  "}function ki(e,l){return l(e)}var xf=\"{YYYY}-{MM}-{DD} {h}:{mm}{aa}\";function Mi(e,l){return(i,n,s,c" +
  ")=>c==null?fo:l(e(n))}function Tf(e,l){let i=e.series[l];return i.width?i.stroke(e,l):i.points.width" +
  "?i.points.stroke(e,l):null}function kf(e,l){return e.series[l].fill(e,l)}var Mf={show:!0,live:!0,iso" +
  "late:!1,mount:Br,markers:{show:!0,width:2,stroke:Tf,fill:kf,dash:\"solid\"},idx:null,idxs:null,values:" +
  "[]};function Ef(e,l){let i=e.cursor.points,n=ft(),s=i.size(e,l);ge(n,Gl,s),ge(n,$l,s);let c=s/-2;ge(" +
  "n,\"marginLeft\",c),ge(n,\"marginTop\",c);let u=i.width(e,l,s);return u&&ge(n,\"borderWidth\",u),n}functio" +
  "n Lf(e,l){let i=e.series[l].points;return i._fill||i._stroke}function Af(e,l){let i=e.series[l].poin" +
  "ts;return i._stroke||i._fill}function Df(e,l){return e.series[l].points.size}var jn=[0,0];function P" +
  "f(e,l,i){return jn[0]=l,jn[1]=i,jn}function rn(e,l,i,n=!0){return s=>{s.button==0&&(!n||s.target==l)" +
  "&&i(s)}}function Jn(e,l,i,n=!0){return s=>{(!n||s.target==l)&&i(s)}}var Cf={show:!0,x:!0,y:!0,lock:!" +
  "1,move:Pf,points:{one:!1,show:Ef,size:Df,width:0,stroke:Af,fill:Lf},bind:{mousedown:rn,mouseup:rn,cl" +
  "ick:rn,dblclick:rn,mousemove:Jn,mouseleave:Jn,mouseenter:Jn},drag:{setScale:!0,x:!0,y:!1,dist:0,uni:" +
  "null,click:(e,l)=>{l.stopPropagation(),l.stopImmediatePropagation()},_x:!1,_y:!1},focus:{dist:(e,l,i" +
  ",n,s)=>n-s,prox:-1,bias:0},hover:{skip:[void 0],prox:null,bias:0},left:-10,top:-10,idx:null,dataIdx:" +
  "null,idxs:null,event:null},ss={show:!0,stroke:\"rgba(0,0,0,0.07)\",width:2},wo=Te({},ss,{filter:Ui}),r" +
  "s=Te({},wo,{size:10}),fs=Te({},ss,{show:!1}),So='12px system-ui, -apple-system, \"Segoe UI\", Roboto, " +
  "\"Helvetica Neue\", Arial, \"Noto Sans\", sans-serif, \"Apple Color Emoji\", \"Segoe UI Emoji\", \"Segoe UI S" +
  "ymbol\", \"Noto Color Emoji\"',us=\"bold \"+So,cs=1.5,Ei={show:!0,scale:\"x\",stroke:ro,space:50,gap:5,alig" +
  "nTo:1,size:50,labelGap:0,labelSize:30,labelFont:us,side:2,grid:wo,ticks:rs,border:fs,font:So,lineGap" +
  ":cs,rotate:0},Ff=\"Value\",Hf=\"Time\",Li={show:!0,scale:\"x\",auto:!1,sorted:1,min:ce,max:-ce,idxs:[]};fu" +
  "nction Rf(e,l,i,n,s){return l.map(c=>c==null?\"\":po(c))}function Vf(e,l,i,n,s,c,u){let p=[],h=Nt.get(" +
  "s)||0;i=u?i:ae(dn(i,s),h);for(let m=i;m<=n;m=ae(m+s,h))p.push(Object.is(m,-0)?0:m);return p}function" +
  " lo(e,l,i,n,s,c,u){let p=[],h=e.scales[e.axes[l].scale].log,m=h==10?At:$i,b=et(m(i));s=kl(h,b),h==10" +
  "&&(s=Zt[gt(s,Zt)]);let g=i,w=s*h;h==10&&(w=Zt[gt(w,Zt)]);do p.push(g),g=g+s,h==10&&!Nt.has(g)&&(g=ae" +
  "(g,Nt.get(s))),g>=w&&(s=g,w=s*h,h==10&&(w=Zt[gt(w,Zt)]));while(g<=n);return p}function Of(e,l,i,n,s," +
  "c,u){let h=e.scales[e.axes[l].scale].asinh,m=n>h?lo(e,l,Be(h,i),n,s):[h],b=n>=0&&i<=0?[0]:[];return(" +
  "i<-h?lo(e,l,Be(h,-n),-i,s):[h]).reverse().map(w=>-w).concat(b,m)}var as=/./,zf=/[12357]/,Nf=/[125]/," +
  "Ai=/1/,no=(e,l,i,n)=>e.map((s,c)=>l==4&&s==0||c%n==0&&i.test(s.toExponential()[s<0?1:0])?s:null);fun" +
  "ction Wf(e,l,i,n,s){let c=e.axes[i],u=c.scale,p=e.scales[u],h=e.valToPos,m=c._space,b=h(10,u),g=h(9," +
  "u)-b>=m?as:h(7,u)-b>=m?zf:h(5,u)-b>=m?Nf:Ai;if(g==Ai){let w=Ae(h(1,u)-b);if(w<m)return no(l.slice()." +
  "reverse(),p.distr,g,ut(m/w)).reverse()}return no(l,p.distr,g,1)}function If(e,l,i,n,s){let c=e.axes[" +
  "i],u=c.scale,p=c._space,h=e.valToPos,m=Ae(h(1,u)-h(2,u));return m<p?no(l.slice().reverse(),3,as,ut(p" +
  "/m)).reverse():l}function Gf(e,l,i,n){return n==null?fo:l==null?\"\":po(l)}var Di={show:!0,scale:\"y\",s" +
  "troke:ro,space:30,gap:5,alignTo:1,size:50,labelGap:0,labelSize:30,labelFont:us,side:3,grid:wo,ticks:" +
  "rs,border:fs,font:So,lineGap:cs,rotate:0};function $f(e,l){let i=3+(e||1)*2;return ae(i*l,3)}functio" +
  "n Bf(e,l){let{scale:i,idxs:n}=e.series[0],s=e._data[0],c=e.valToPos(s[n[0]],i,!0),u=e.valToPos(s[n[1" +
  "]],i,!0),p=Ae(u-c),h=e.series[l],m=p/(h.points.space*ie);return n[1]-n[0]<=m}var Pi={scale:null,auto" +
  ":!0,sorted:0,min:ce,max:-ce},ps=(e,l,i,n,s)=>s,Ci={show:!0,auto:!0,sorted:0,gaps:ps,alpha:1,facets:[" +
  "Te({},Pi,{scale:\"x\"}),Te({},Pi,{scale:\"y\"})]},Fi={scale:\"y\",auto:!0,sorted:0,show:!0,spanGaps:!1,gap" +
  "s:ps,alpha:1,points:{show:Bf,filter:null},values:null,min:ce,max:-ce,idxs:[],path:null,clip:null};fu" +
  "nction Yf(e,l,i,n,s){return i/10}var hs={time:!0,auto:!0,distr:1,log:10,asinh:1,min:null,max:null,di" +
  "r:1,ori:0},Uf=Te({},hs,{time:!1,ori:1}),Hi={};function ds(e,l){let i=Hi[e];return i||(i={key:e,plots" +
  ":[],sub(n){i.plots.push(n)},unsub(n){i.plots=i.plots.filter(s=>s!=n)},pub(n,s,c,u,p,h,m){for(let b=0" +
  ";b<i.plots.length;b++)i.plots[b]!=s&&i.plots[b].pub(n,s,c,u,p,h,m)}},e!=null&&(Hi[e]=i)),i}var Ll=1," +
  "oo=2;function tl(e,l,i){let n=e.mode,s=e.series[l],c=n==2?e._data[l]:e._data,u=e.scales,p=e.bbox,h=c" +
  "[0],m=n==2?c[1]:c[l],b=n==2?u[s.facets[0].scale]:u[e.series[0].scale],g=n==2?u[s.facets[1].scale]:u[" +
  "s.scale],w=p.left,P=p.top,D=p.width,O=p.height,N=e.valToPosH,I=e.valToPosV;return b.ori==0?i(s,h,m,b" +
  ",g,N,I,w,P,D,O,wn,Dl,bn,gs,Ss):i(s,h,m,b,g,I,N,P,w,O,D,Sn,Pl,yo,ws,bs)}function bo(e,l){let i=0,n=0," +
  "s=ne(e.bands,ho);for(let c=0;c<s.length;c++){let u=s[c];u.series[0]==l?i=u.dir:u.series[1]==l&&(u.di" +
  "r==1?n|=1:n|=2)}return[i,n==1?-1:n==2?1:n==3?2:0]}function Kf(e,l,i,n,s){let c=e.mode,u=e.series[l]," +
  "p=c==2?u.facets[1].scale:u.scale,h=e.scales[p];return s==-1?h.min:s==1?h.max:h.distr==3?h.dir==1?h.m" +
  "in:h.max:0}function Dt(e,l,i,n,s,c){return tl(e,l,(u,p,h,m,b,g,w,P,D,O,N)=>{let I=u.pxRound,v=m.dir*" +
  "(m.ori==0?1:-1),z=m.ori==0?Dl:Pl,x,q;v==1?(x=i,q=n):(x=n,q=i);let A=I(g(p[x],m,O,P)),j=I(w(h[x],b,N," +
  "D)),Y=I(g(p[q],m,O,P)),Q=I(w(c==1?b.max:b.min,b,N,D)),B=new Path2D(s);return z(B,Y,Q),z(B,A,Q),z(B,A" +
  ",j),B})}function gn(e,l,i,n,s,c){let u=null;if(e.length>0){u=new Path2D;let p=l==0?bn:yo,h=i;for(let" +
  " g=0;g<e.length;g++){let w=e[g];if(w[1]>w[0]){let P=w[0]-h;P>0&&p(u,h,n,P,n+c),h=w[1]}}let m=i+s-h,b" +
  "=10;m>0&&p(u,h,n-b/2,m,n+c+b)}return u}function qf(e,l,i){let n=e[e.length-1];n&&n[0]==l?n[1]=i:e.pu" +
  "sh([l,i])}function _o(e,l,i,n,s,c,u){let p=[],h=e.length;for(let m=s==1?i:n;m>=i&&m<=n;m+=s)if(l[m]=" +
  "==null){let g=m,w=m;if(s==1)for(;++m<=n&&l[m]===null;)w=m;else for(;--m>=i&&l[m]===null;)w=m;let P=c" +
  "(e[g]),D=w==g?P:c(e[w]),O=g-s;P=u<=0&&O>=0&&O<h?c(e[O]):P;let I=w+s;D=u>=0&&I>=0&&I<h?c(e[I]):D,D>=P" +
  "&&p.push([P,D])}return p}function Ri(e){return e==0?Yi:e==1?Le:l=>Jt(l,e)}function ms(e){let l=e==0?" +
  "wn:Sn,i=e==0?(s,c,u,p,h,m)=>{s.arcTo(c,u,p,h,m)}:(s,c,u,p,h,m)=>{s.arcTo(u,c,h,p,m)},n=e==0?(s,c,u,p" +
  ",h)=>{s.rect(c,u,p,h)}:(s,c,u,p,h)=>{s.rect(u,c,h,p)};return(s,c,u,p,h,m=0,b=0)=>{m==0&&b==0?n(s,c,u" +
  ",p,h):(m=wt(m,p/2,h/2),b=wt(b,p/2,h/2),l(s,c+m,u),i(s,c+p,u,c+p,u+h,m),i(s,c+p,u+h,c,u+h,b),i(s,c,u+" +
  "h,c,u,b),i(s,c,u,c+p,u,m),s.closePath())}}var wn=(e,l,i)=>{e.moveTo(l,i)},Sn=(e,l,i)=>{e.moveTo(i,l)" +
  "},Dl=(e,l,i)=>{e.lineTo(l,i)},Pl=(e,l,i)=>{e.lineTo(i,l)},bn=ms(0),yo=ms(1),gs=(e,l,i,n,s,c)=>{e.arc" +
  "(l,i,n,s,c)},ws=(e,l,i,n,s,c)=>{e.arc(i,l,n,s,c)},Ss=(e,l,i,n,s,c,u)=>{e.bezierCurveTo(l,i,n,s,c,u)}" +
  ",bs=(e,l,i,n,s,c,u)=>{e.bezierCurveTo(i,l,s,n,u,c)};function _s(e){return(l,i,n,s,c)=>tl(l,i,(u,p,h," +
  "m,b,g,w,P,D,O,N)=>{let{pxRound:I,points:v}=u,z,x;m.ori==0?(z=wn,x=gs):(z=Sn,x=ws);let q=ae(v.width*i" +
  "e,3),A=(v.size-v.width)/2*ie,j=ae(A*2,3),Y=new Path2D,Q=new Path2D,{left:B,top:T,width:K,height:C}=l" +
  ".bbox;bn(Q,B-j,T-j,K+j*2,C+j*2);let G=V=>{if(h[V]!=null){let ee=I(g(p[V],m,O,P)),R=I(w(h[V],b,N,D));" +
  "z(Y,ee+A,R),x(Y,ee,R,A,0,fn*2)}};if(c)c.forEach(G);else for(let V=n;V<=s;V++)G(V);return{stroke:q>0?" +
  "Y:null,fill:Y,clip:Q,flags:Ll|oo}})}function ys(e){return(l,i,n,s,c,u)=>{n!=s&&(c!=n&&u!=n&&e(l,i,n)" +
  ",c!=s&&u!=s&&e(l,i,s),e(l,i,u))}}var jf=ys(Dl),Jf=ys(Pl);function vs(e){let l=ne(e?.alignGaps,0);ret" +
  "urn(i,n,s,c)=>tl(i,n,(u,p,h,m,b,g,w,P,D,O,N)=>{[s,c]=pn(h,s,c);let I=u.pxRound,v=C=>I(g(C,m,O,P)),z=" +
  "C=>I(w(C,b,N,D)),x,q;m.ori==0?(x=Dl,q=jf):(x=Pl,q=Jf);let A=m.dir*(m.ori==0?1:-1),j={stroke:new Path" +
  "2D,fill:null,clip:null,band:null,gaps:null,flags:Ll},Y=j.stroke,Q=!1;if(c-s>=O*4){let C=F=>i.posToVa" +
  "l(F,m.key,!0),G=null,V=null,ee,R,Ye,we=v(p[A==1?s:c]),te=v(p[s]),fe=v(p[c]),J=C(A==1?te+1:fe-1);for(" +
  "let F=A==1?s:c;F>=s&&F<=c;F+=A){let Me=p[F],Se=(A==1?Me<J:Me>J)?we:v(Me),se=h[F];Se==we?se!=null?(R=" +
  "se,G==null?(x(Y,Se,z(R)),ee=G=V=R):R<G?G=R:R>V&&(V=R)):se===null&&(Q=!0):(G!=null&&q(Y,we,z(G),z(V)," +
  "z(ee),z(R)),se!=null?(R=se,x(Y,Se,z(R)),G=V=ee=R):(G=V=null,se===null&&(Q=!0)),we=Se,J=C(we+A))}G!=n" +
  "ull&&G!=V&&Ye!=we&&q(Y,we,z(G),z(V),z(ee),z(R))}else for(let C=A==1?s:c;C>=s&&C<=c;C+=A){let G=h[C];" +
  "G===null?Q=!0:G!=null&&x(Y,v(p[C]),z(G))}let[T,K]=bo(i,n);if(u.fill!=null||T!=0){let C=j.fill=new Pa" +
  "th2D(Y),G=u.fillTo(i,n,u.min,u.max,T),V=z(G),ee=v(p[s]),R=v(p[c]);A==-1&&([R,ee]=[ee,R]),x(C,R,V),x(" +
  "C,ee,V)}if(!u.spanGaps){let C=[];Q&&C.push(..._o(p,h,s,c,A,v,l)),j.gaps=C=u.gaps(i,n,s,c,C),j.clip=g" +
  "n(C,m.ori,P,D,O,N)}return K!=0&&(j.band=K==2?[Dt(i,n,s,c,Y,-1),Dt(i,n,s,c,Y,1)]:Dt(i,n,s,c,Y,K)),j})" +
  "}function Zf(e){let l=ne(e.align,1),i=ne(e.ascDesc,!1),n=ne(e.alignGaps,0),s=ne(e.extend,!1);return(" +
  "c,u,p,h)=>tl(c,u,(m,b,g,w,P,D,O,N,I,v,z)=>{[p,h]=pn(g,p,h);let x=m.pxRound,{left:q,width:A}=c.bbox,j" +
  "=te=>x(D(te,w,v,N)),Y=te=>x(O(te,P,z,I)),Q=w.ori==0?Dl:Pl,B={stroke:new Path2D,fill:null,clip:null,b" +
  "and:null,gaps:null,flags:Ll},T=B.stroke,K=w.dir*(w.ori==0?1:-1),C=Y(g[K==1?p:h]),G=j(b[K==1?p:h]),V=" +
  "G,ee=G;s&&l==-1&&(ee=q,Q(T,ee,C)),Q(T,G,C);for(let te=K==1?p:h;te>=p&&te<=h;te+=K){let fe=g[te];if(f" +
  "e==null)continue;let J=j(b[te]),F=Y(fe);l==1?Q(T,J,C):Q(T,V,F),Q(T,J,F),C=F,V=J}let R=V;s&&l==1&&(R=" +
  "q+A,Q(T,R,C));let[Ye,we]=bo(c,u);if(m.fill!=null||Ye!=0){let te=B.fill=new Path2D(T),fe=m.fillTo(c,u" +
  ",m.min,m.max,Ye),J=Y(fe);Q(te,R,J),Q(te,ee,J)}if(!m.spanGaps){let te=[];te.push(..._o(b,g,p,h,K,j,n)" +
  ");let fe=m.width*ie/2,J=i||l==1?fe:-fe,F=i||l==-1?-fe:fe;te.forEach(Me=>{Me[0]+=J,Me[1]+=F}),B.gaps=" +
  "te=m.gaps(c,u,p,h,te),B.clip=gn(te,w.ori,N,I,v,z)}return we!=0&&(B.band=we==2?[Dt(c,u,p,h,T,-1),Dt(c" +
  ",u,p,h,T,1)]:Dt(c,u,p,h,T,we)),B})}function Vi(e,l,i,n,s,c,u=ce){if(e.length>1){let p=null;for(let h" +
  "=0,m=1/0;h<e.length;h++)if(l[h]!==void 0){if(p!=null){let b=Ae(e[h]-e[p]);b<m&&(m=b,u=Ae(i(e[h],n,s," +
  "c)-i(e[p],n,s,c)))}p=h}}return u}function Qf(e){e=e||Ul;let l=ne(e.size,[.6,ce,1]),i=e.align||0,n=e." +
  "gap||0,s=e.radius;s=s==null?[0,0]:typeof s==\"number\"?[s,0]:s;let c=X(s),u=1-l[0],p=ne(l[1],ce),h=ne(" +
  "l[2],1),m=ne(e.disp,Ul),b=ne(e.each,P=>{}),{fill:g,stroke:w}=m;return(P,D,O,N)=>tl(P,D,(I,v,z,x,q,A," +
  "j,Y,Q,B,T)=>{let K=I.pxRound,C=i,G=n*ie,V=p*ie,ee=h*ie,R,Ye;x.ori==0?[R,Ye]=c(P,D):[Ye,R]=c(P,D);let" +
  " we=x.dir*(x.ori==0?1:-1),te=x.ori==0?bn:yo,fe=x.ori==0?b:(E,pe,Ee,sl,Gt,bt,$t)=>{b(E,pe,Ee,Gt,sl,$t" +
  ",bt)},J=ne(P.bands,ho).find(E=>E.series[0]==D),F=J!=null?J.dir:0,Me=I.fillTo(P,D,I.min,I.max,F),Ne=K" +
  "(j(Me,q,T,Q)),Se,se,ct,qe=B,_e=K(I.width*ie),St=!1,Mt=null,lt=null,Pt=null,nl=null;g!=null&&(_e==0||" +
  "w!=null)&&(St=!0,Mt=g.values(P,D,O,N),lt=new Map,new Set(Mt).forEach(E=>{E!=null&&lt.set(E,new Path2" +
  "D)}),_e>0&&(Pt=w.values(P,D,O,N),nl=new Map,new Set(Pt).forEach(E=>{E!=null&&nl.set(E,new Path2D)}))" +
  ");let{x0:ol,size:Fl}=m;if(ol!=null&&Fl!=null){C=1,v=ol.values(P,D,O,N),ol.unit==2&&(v=v.map(Ee=>P.po" +
  "sToVal(Y+Ee*B,x.key,!0)));let E=Fl.values(P,D,O,N);Fl.unit==2?se=E[0]*B:se=A(E[0],x,B,Y)-A(0,x,B,Y)," +
  "qe=Vi(v,z,A,x,B,Y,qe),ct=qe-se+G}else qe=Vi(v,z,A,x,B,Y,qe),ct=qe*u+G,se=qe-ct;ct<1&&(ct=0),_e>=se/2" +
  "&&(_e=0),ct<5&&(K=Yi);let ql=ct>0,Wt=qe-ct-(ql?_e:0);se=K(to(Wt,ee,V)),Se=(C==0?se/2:C==we?0:se)-C*w" +
  "e*((C==0?G/2:0)+(ql?_e/2:0));let We={stroke:null,fill:null,clip:null,band:null,gaps:null,flags:0},il" +
  "=St?null:new Path2D,Et=null;if(J!=null)Et=P.data[J.series[1]];else{let{y0:E,y1:pe}=m;E!=null&&pe!=nu" +
  "ll&&(z=pe.values(P,D,O,N),Et=E.values(P,D,O,N))}let It=R*se,U=Ye*se;for(let E=we==1?O:N;E>=O&&E<=N;E" +
  "+=we){let pe=z[E];if(pe==null)continue;if(Et!=null){let Ue=Et[E]??0;if(pe-Ue==0)continue;Ne=j(Ue,q,T" +
  ",Q)}let Ee=x.distr!=2||m!=null?v[E]:E,sl=A(Ee,x,B,Y),Gt=j(ne(pe,Me),q,T,Q),bt=K(sl-Se),$t=K(Be(Gt,Ne" +
  ")),je=K(wt(Gt,Ne)),nt=$t-je;if(pe!=null){let Ue=pe<0?U:It,at=pe<0?It:U;St?(_e>0&&Pt[E]!=null&&te(nl." +
  "get(Pt[E]),bt,je+et(_e/2),se,Be(0,nt-_e),Ue,at),Mt[E]!=null&&te(lt.get(Mt[E]),bt,je+et(_e/2),se,Be(0" +
  ",nt-_e),Ue,at)):te(il,bt,je+et(_e/2),se,Be(0,nt-_e),Ue,at),fe(P,D,E,bt-_e/2,je,se+_e,nt)}}return _e>" +
  "0?We.stroke=St?nl:il:St||(We._fill=I.width==0?I._fill:I._stroke??I._fill,We.width=0),We.fill=St?lt:i" +
  "l,We})}function Xf(e,l){let i=ne(l?.alignGaps,0);return(n,s,c,u)=>tl(n,s,(p,h,m,b,g,w,P,D,O,N,I)=>{[" +
  "c,u]=pn(m,c,u);let v=p.pxRound,z=R=>v(w(R,b,N,D)),x=R=>v(P(R,g,I,O)),q,A,j;b.ori==0?(q=wn,j=Dl,A=Ss)" +
  ":(q=Sn,j=Pl,A=bs);let Y=b.dir*(b.ori==0?1:-1),Q=z(h[Y==1?c:u]),B=Q,T=[],K=[];for(let R=Y==1?c:u;R>=c" +
  "&&R<=u;R+=Y)if(m[R]!=null){let we=h[R],te=z(we);T.push(B=te),K.push(x(m[R]))}let C={stroke:e(T,K,q,j" +
  ",A,v),fill:null,clip:null,band:null,gaps:null,flags:Ll},G=C.stroke,[V,ee]=bo(n,s);if(p.fill!=null||V" +
  "!=0){let R=C.fill=new Path2D(G),Ye=p.fillTo(n,s,p.min,p.max,V),we=x(Ye);j(R,B,we),j(R,Q,we)}if(!p.sp" +
  "anGaps){let R=[];R.push(..._o(h,m,c,u,Y,z,i)),C.gaps=R=p.gaps(n,s,c,u,R),C.clip=gn(R,b.ori,D,O,N,I)}" +
  "return ee!=0&&(C.band=ee==2?[Dt(n,s,c,u,G,-1),Dt(n,s,c,u,G,1)]:Dt(n,s,c,u,G,ee)),C})}function eu(e){" +
  "return Xf(tu,e)}function tu(e,l,i,n,s,c){let u=e.length;if(u<2)return null;let p=new Path2D;if(i(p,e" +
  "[0],l[0]),u==2)n(p,e[1],l[1]);else{let h=Array(u),m=Array(u-1),b=Array(u-1),g=Array(u-1);for(let w=0" +
  ";w<u-1;w++)b[w]=l[w+1]-l[w],g[w]=e[w+1]-e[w],m[w]=b[w]/g[w];h[0]=m[0];for(let w=1;w<u-1;w++)m[w]===0" +
  "||m[w-1]===0||m[w-1]>0!=m[w]>0?h[w]=0:(h[w]=3*(g[w-1]+g[w])/((2*g[w]+g[w-1])/m[w-1]+(g[w]+2*g[w-1])/" +
  "m[w]),isFinite(h[w])||(h[w]=0));h[u-1]=m[u-2];for(let w=0;w<u-1;w++)s(p,e[w]+g[w]/3,l[w]+h[w]*g[w]/3" +
  ",e[w+1]-g[w]/3,l[w+1]-h[w+1]*g[w]/3,e[w+1],l[w+1])}return p}var io=new Set;function Oi(){for(let e o" +
  "f io)e.syncRect(!0)}Al&&(Xt(Hr,Tl,Oi),Xt(Rr,Tl,Oi,!0),Xt(un,Tl,()=>{ke.pxRatio=ie}));var lu=vs(),nu=" +
  "_s();function zi(e,l,i,n){return(n?[e[0],e[1]].concat(e.slice(2)):[e[0]].concat(e.slice(1))).map((c," +
  "u)=>so(c,u,l,i))}function ou(e,l){return e.map((i,n)=>n==0?{}:Te({},l,i))}function so(e,l,i,n){retur" +
  "n Te({},l==0?i:n,e)}function xs(e,l,i){return l==null?Ml:[l,i]}var iu=xs;function su(e,l,i){return l" +
  "==null?Ml:cn(l,i,ao,!0)}function Ts(e,l,i,n){return l==null?Ml:hn(l,i,e.scales[n].log,!1)}var ru=Ts;" +
  "function ks(e,l,i,n){return l==null?Ml:co(l,i,e.scales[n].log,!1)}var fu=ks;function uu(e,l,i,n,s){l" +
  "et c=Be(gi(e),gi(l)),u=l-e,p=gt(s/n*u,i);do{let h=i[p],m=n*h/u;if(m>=s&&c+(h<5?Nt.get(h):0)<=17)retu" +
  "rn[h,m]}while(++p<i.length);return[0,0]}function Ni(e){let l,i;return e=e.replace(/(\\d+)px/,(n,s)=>(" +
  "l=Le((i=+s)*ie))+\"px\"),[e,l,i]}function cu(e){e.show&&[e.font,e.labelFont].forEach(l=>{let i=ae(l[2]" +
  "*ie,1);l[0]=l[0].replace(/[0-9.]+px/,i+\"px\"),l[1]=i})}function ke(e,l,i){let n={mode:ne(e.mode,1)},s" +
  "=n.mode;function c(t,o,r,f){let a=o.valToPct(t);return f+r*(o.dir==-1?1-a:a)}function u(t,o,r,f){let" +
  " a=o.valToPct(t);return f+r*(o.dir==-1?a:1-a)}function p(t,o,r,f){return o.ori==0?c(t,o,r,f):u(t,o,r" +
  ",f)}n.valToPosH=c,n.valToPosV=u;let h=!1;n.status=0;let m=n.root=ft(gr);if(e.id!=null&&(m.id=e.id),X" +
  "e(m,e.class),e.title){let t=ft(br,m);t.textContent=e.title}let b=mt(\"canvas\"),g=n.ctx=b.getContext(\"" +
  "2d\"),w=ft(_r,m);Xt(\"click\",w,t=>{t.target===D&&(he!=wl||be!=Sl)&&Oe.click(n,t)},!0);let P=n.under=ft" +
  "(yr,w);w.appendChild(b);let D=n.over=ft(vr,w);e=El(e);let O=+ne(e.pxAlign,1),N=Ri(O);(e.plugins||[])" +
  ".forEach(t=>{t.opts&&(e=t.opts(n,e)||e)});let I=e.ms||.001,v=n.series=s==1?zi(e.series||[],Li,Fi,!1)" +
  ":ou(e.series||[null],Ci),z=n.axes=zi(e.axes||[],Ei,Di,!0),x=n.scales={},q=n.bands=e.bands||[];q.forE" +
  "ach(t=>{t.fill=X(t.fill||null),t.dir=ne(t.dir,-1)});let A=s==2?v[1].facets[0].scale:v[0].scale,j={ax" +
  "es:tr,series:Js},Y=(e.drawOrder||[\"axes\",\"series\"]).map(t=>j[t]);function Q(t){let o=t.distr==3?r=>A" +
  "t(r>0?r:t.clamp(n,r,t.min,t.max,t.key)):t.distr==4?r=>Kn(r,t.asinh):t.distr==100?r=>t.fwd(r):r=>r;re" +
  "turn r=>{let f=o(r),{_min:a,_max:d}=t,S=d-a;return(f-a)/S}}function B(t){let o=x[t];if(o==null){let " +
  "r=(e.scales||Ul)[t]||Ul;if(r.from!=null){B(r.from);let f=Te({},x[r.from],r,{key:t});f.valToPct=Q(f)," +
  "x[t]=f}else{o=x[t]=Te({},t==A?hs:Uf,r),o.key=t;let f=o.time,a=o.range,d=zt(a);if((t!=A||s==2&&!f)&&(" +
  "d&&(a[0]==null||a[1]==null)&&(a={min:a[0]==null?hi:{mode:1,hard:a[0],soft:a[0]},max:a[1]==null?hi:{m" +
  "ode:1,hard:a[1],soft:a[1]}},d=!1),!d&&mn(a))){let S=a;a=(_,y,k)=>y==null?Ml:cn(y,k,S)}o.range=X(a||(" +
  "f?iu:t==A?o.distr==3?ru:o.distr==4?fu:xs:o.distr==3?Ts:o.distr==4?ks:su)),o.auto=X(d?!1:o.auto),o.cl" +
  "amp=X(o.clamp||Yf),o._min=o._max=null,o.valToPct=Q(o)}}}B(\"x\"),B(\"y\"),s==1&&v.forEach(t=>{B(t.scale)" +
  "}),z.forEach(t=>{B(t.scale)});for(let t in e.scales)B(t);let T=x[A],K=T.distr,C,G;T.ori==0?(Xe(m,wr)" +
  ",C=c,G=u):(Xe(m,Sr),C=u,G=c);let V={};for(let t in x){let o=x[t];(o.min!=null||o.max!=null)&&(V[t]={" +
  "min:o.min,max:o.max},o.min=o.max=null)}let ee=e.tzDate||(t=>new Date(Le(t/I))),R=e.fmtDate||mo,Ye=I=" +
  "=1?Sf(ee):yf(ee),we=Ti(ee,xi(I==1?wf:_f,R)),te=Mi(ee,ki(xf,R)),fe=[],J=n.legend=Te({},Mf,e.legend),F" +
  "=n.cursor=Te({},Cf,{drag:{y:s==2}},e.cursor),Me=J.show,Ne=F.show,Se=J.markers;J.idxs=fe,Se.width=X(S" +
  "e.width),Se.dash=X(Se.dash),Se.stroke=X(Se.stroke),Se.fill=X(Se.fill);let se,ct,qe,_e=[],St=[],Mt,lt" +
  "=!1,Pt={};if(J.live){let t=v[1]?v[1].values:null;lt=t!=null,Mt=lt?t(n,1,0):{_:0};for(let o in Mt)Pt[" +
  "o]=fo}if(Me)if(se=mt(\"table\",Lr,m),qe=mt(\"tbody\",null,se),J.mount(n,se),lt){ct=mt(\"thead\",null,se,qe" +
  ");let t=mt(\"tr\",null,ct);mt(\"th\",null,t);for(var nl in Mt)mt(\"th\",ei,t).textContent=nl}else Xe(se,Dr" +
  "),J.live&&Xe(se,Ar);let ol={show:!0},Fl={show:!1};function ql(t,o){if(o==0&&(lt||!J.live||s==2))retu" +
  "rn Ml;let r=[],f=mt(\"tr\",Pr,qe,qe.childNodes[o]);Xe(f,t.class),t.show||Xe(f,Qt);let a=mt(\"th\",null,f" +
  ");if(Se.show){let _=ft(Cr,a);if(o>0){let y=Se.width(n,o);y&&(_.style.border=y+\"px \"+Se.dash(n,o)+\" \"" +
  "+Se.stroke(n,o)),_.style.background=Se.fill(n,o)}}let d=ft(ei,a);t.label instanceof HTMLElement?d.ap" +
  "pendChild(t.label):d.textContent=t.label,o>0&&(Se.show||(d.style.color=t.width>0?Se.stroke(n,o):Se.f" +
  "ill(n,o)),We(\"click\",a,_=>{if(F._lock)return;Yt(_);let y=v.indexOf(t);if((_.ctrlKey||_.metaKey)!=J.i" +
  "solate){let k=v.some((M,L)=>L>0&&L!=y&&M.show);v.forEach((M,L)=>{L>0&&yt(L,k?L==y?ol:Fl:ol,!0,xe.set" +
  "Series)})}else yt(y,{show:!t.show},!0,xe.setSeries)},!1),fl&&We(oi,a,_=>{F._lock||(Yt(_),yt(v.indexO" +
  "f(t),_l,!0,xe.setSeries))},!1));for(var S in Mt){let _=mt(\"td\",Fr,f);_.textContent=\"--\",r.push(_)}re" +
  "turn[f,r]}let Wt=new Map;function We(t,o,r,f=!0){let a=Wt.get(o)||{},d=F.bind[t](n,o,r,f);d&&(Xt(t,o" +
  ",a[t]=d),Wt.set(o,a))}function il(t,o,r){let f=Wt.get(o)||{};for(let a in f)(t==null||a==t)&&(eo(a,o" +
  ",f[a]),delete f[a]);t==null&&Wt.delete(o)}let Et=0,It=0,U=0,E=0,pe=0,Ee=0,sl=pe,Gt=Ee,bt=U,$t=E,je=0" +
  ",nt=0,Ue=0,at=0;n.bbox={};let yn=!1,jl=!1,rl=!1,Bt=!1,Jl=!1,ot=!1;function vn(t,o,r){(r||t!=n.width|" +
  "|o!=n.height)&&To(t,o),hl(!1),rl=!0,jl=!0,dl()}function To(t,o){n.width=Et=U=t,n.height=It=E=o,pe=Ee" +
  "=0,$s(),Bs();let r=n.bbox;je=r.left=Jt(pe*ie,.5),nt=r.top=Jt(Ee*ie,.5),Ue=r.width=Jt(U*ie,.5),at=r.h" +
  "eight=Jt(E*ie,.5)}let Ws=3;function Is(){let t=!1,o=0;for(;!t;){o++;let r=Xs(o),f=er(o);t=o==Ws||r&&" +
  "f,t||(To(n.width,n.height),jl=!0)}}function Gs({width:t,height:o}){vn(t,o)}n.setSize=Gs;function $s(" +
  "){let t=!1,o=!1,r=!1,f=!1;z.forEach((a,d)=>{if(a.show&&a._show){let{side:S,_size:_}=a,y=S%2,k=a.labe" +
  "l!=null?a.labelSize:0,M=_+k;M>0&&(y?(U-=M,S==3?(pe+=M,f=!0):r=!0):(E-=M,S==0?(Ee+=M,t=!0):o=!0))}})," +
  "Ut[0]=t,Ut[1]=r,Ut[2]=o,Ut[3]=f,U-=Ct[1]+Ct[3],pe+=Ct[3],E-=Ct[2]+Ct[0],Ee+=Ct[0]}function Bs(){let " +
  "t=pe+U,o=Ee+E,r=pe,f=Ee;function a(d,S){switch(d){case 1:return t+=S,t-S;case 2:return o+=S,o-S;case" +
  " 3:return r-=S,r+S;case 0:return f-=S,f+S}}z.forEach((d,S)=>{if(d.show&&d._show){let _=d.side;d._pos" +
  "=a(_,d._size),d.label!=null&&(d._lpos=a(_,d.labelSize))}})}if(F.dataIdx==null){let t=F.hover,o=t.ski" +
  "p=new Set(t.skip??[]);o.add(void 0);let r=t.prox=X(t.prox),f=t.bias??=0;F.dataIdx=(a,d,S,_)=>{if(d==" +
  "0)return S;let y=S,k=r(a,d,S,_)??ce,M=k>=0&&k<ce,L=T.ori==0?U:E,$=F.left,oe=l[0],le=l[d];if(o.has(le" +
  "[S])){y=null;let Z=null,W=null,H;if(f==0||f==-1)for(H=S;Z==null&&H-- >0;)o.has(le[H])||(Z=H);if(f==0" +
  "||f==1)for(H=S;W==null&&H++<le.length;)o.has(le[H])||(W=H);if(Z!=null||W!=null)if(M){let me=Z==null?" +
  "-1/0:C(oe[Z],T,L,0),ye=W==null?1/0:C(oe[W],T,L,0),Re=$-me,ue=ye-$;Re<=ue?Re<=k&&(y=Z):ue<=k&&(y=W)}e" +
  "lse y=W==null?Z:Z==null?W:S-Z<=W-S?Z:W}else M&&Ae($-C(oe[S],T,L,0))>k&&(y=null);return y}}let Yt=t=>" +
  "{F.event=t};F.idxs=fe,F._lock=!1;let ze=F.points;ze.show=X(ze.show),ze.size=X(ze.size),ze.stroke=X(z" +
  "e.stroke),ze.width=X(ze.width),ze.fill=X(ze.fill);let _t=n.focus=Te({},e.focus||{alpha:.3},F.focus)," +
  "fl=_t.prox>=0,ul=fl&&ze.one,it=[],cl=[],al=[];function ko(t,o){let r=ze.show(n,o);if(r instanceof HT" +
  "MLElement)return Xe(r,Er),Xe(r,t.class),kt(r,-10,-10,U,E),D.insertBefore(r,it[o]),r}function Mo(t,o)" +
  "{if(s==1||o>0){let r=s==1&&x[t.scale].time,f=t.value;t.value=r?bi(f)?Mi(ee,ki(f,R)):f||te:f||Gf,t.la" +
  "bel=t.label||(r?Hf:Ff)}if(ul||o>0){t.width=t.width==null?1:t.width,t.paths=t.paths||lu||Yr,t.fillTo=" +
  "X(t.fillTo||Kf),t.pxAlign=+ne(t.pxAlign,O),t.pxRound=Ri(t.pxAlign),t.stroke=X(t.stroke||null),t.fill" +
  "=X(t.fill||null),t._stroke=t._fill=t._paths=t._focus=null;let r=$f(Be(1,t.width),1),f=t.points=Te({}" +
  ",{size:r,width:Be(1,r*.2),stroke:t.stroke,space:r*2,paths:nu,_stroke:null,_fill:null},t.points);f.sh" +
  "ow=X(f.show),f.filter=X(f.filter),f.fill=X(f.fill),f.stroke=X(f.stroke),f.paths=X(f.paths),f.pxAlign" +
  "=t.pxAlign}if(Me){let r=ql(t,o);_e.splice(o,0,r[0]),St.splice(o,0,r[1]),J.values.push(null)}if(Ne){f" +
  "e.splice(o,0,null);let r=null;ul?o==0&&(r=ko(t,o)):o>0&&(r=ko(t,o)),it.splice(o,0,r),cl.splice(o,0,0" +
  "),al.splice(o,0,0)}He(\"addSeries\",o)}function Ys(t,o){o=o??v.length,t=s==1?so(t,o,Li,Fi):so(t,o,{},C" +
  "i),v.splice(o,0,t),Mo(v[o],o)}n.addSeries=Ys;function Us(t){if(v.splice(t,1),Me){J.values.splice(t,1" +
  "),St.splice(t,1);let o=_e.splice(t,1)[0];il(null,o.firstChild),o.remove()}Ne&&(fe.splice(t,1),it.spl" +
  "ice(t,1)[0].remove(),cl.splice(t,1),al.splice(t,1)),He(\"delSeries\",t)}n.delSeries=Us;let Ut=[!1,!1,!" +
  "1,!1];function Ks(t,o){if(t._show=t.show,t.show){let r=t.side%2,f=x[t.scale];f==null&&(t.scale=r?v[1" +
  "].scale:A,f=x[t.scale]);let a=f.time;t.size=X(t.size),t.space=X(t.space),t.rotate=X(t.rotate),zt(t.i" +
  "ncrs)&&t.incrs.forEach(S=>{!Nt.has(S)&&Nt.set(S,qi(S))}),t.incrs=X(t.incrs||(f.distr==2?df:a?I==1?gf" +
  ":bf:Zt)),t.splits=X(t.splits||(a&&f.distr==1?Ye:f.distr==3?lo:f.distr==4?Of:Vf)),t.stroke=X(t.stroke" +
  "),t.grid.stroke=X(t.grid.stroke),t.ticks.stroke=X(t.ticks.stroke),t.border.stroke=X(t.border.stroke)" +
  ";let d=t.values;t.values=zt(d)&&!zt(d[0])?X(d):a?zt(d)?Ti(ee,xi(d,R)):bi(d)?vf(ee,d):d||we:d||Rf,t.f" +
  "ilter=X(t.filter||(f.distr>=3&&f.log==10?Wf:f.distr==3&&f.log==2?If:Ui)),t.font=Ni(t.font),t.labelFo" +
  "nt=Ni(t.labelFont),t._size=t.size(n,null,o,0),t._space=t._rotate=t._incrs=t._found=t._splits=t._valu" +
  "es=null,t._size>0&&(Ut[o]=!0,t._el=ft(xr,w))}}function Hl(t,o,r,f){let[a,d,S,_]=r,y=o%2,k=0;return y" +
  "==0&&(_||d)&&(k=o==0&&!a||o==2&&!S?Le(Ei.size/3):0),y==1&&(a||S)&&(k=o==1&&!d||o==3&&!_?Le(Di.size/2" +
  "):0),k}let Eo=n.padding=(e.padding||[Hl,Hl,Hl,Hl]).map(t=>X(ne(t,Hl))),Ct=n._padding=Eo.map((t,o)=>t" +
  "(n,o,Ut,0)),Ve,De=null,Pe=null,Zl=s==1?v[0].idxs:null,pt=null,Rl=!1;function Lo(t,o){if(l=t??[],n.da" +
  "ta=n._data=l,s==2){Ve=0;for(let r=1;r<v.length;r++)Ve+=l[r][0].length}else{l.length==0&&(n.data=n._d" +
  "ata=l=[[]]),pt=l[0],Ve=pt.length;let r=l;if(K==2){r=l.slice();let f=r[0]=Array(Ve);for(let a=0;a<Ve;" +
  "a++)f[a]=a}n._data=l=r}if(hl(!0),He(\"setData\"),K==2&&(rl=!0),o!==!1){let r=T;r.auto(n,Rl)?xn():Ht(A," +
  "r.min,r.max),Bt=Bt||F.left>=0,ot=!0,dl()}}n.setData=Lo;function xn(){Rl=!0;let t,o;s==1&&(Ve>0?(De=Z" +
  "l[0]=0,Pe=Zl[1]=Ve-1,t=l[0][De],o=l[0][Pe],K==2?(t=De,o=Pe):t==o&&(K==3?[t,o]=hn(t,t,T.log,!1):K==4?" +
  "[t,o]=co(t,t,T.log,!1):T.time?o=t+Le(86400/I):[t,o]=cn(t,o,ao,!0))):(De=Zl[0]=t=null,Pe=Zl[1]=o=null" +
  ")),Ht(A,t,o)}let Ql,pl,Tn,kn,Mn,En,Ln,An,Dn,Ke;function Ao(t,o,r,f,a,d){t??=li,r??=ho,f??=\"butt\",a??" +
  "=li,d??=\"round\",t!=Ql&&(g.strokeStyle=Ql=t),a!=pl&&(g.fillStyle=pl=a),o!=Tn&&(g.lineWidth=Tn=o),d!=M" +
  "n&&(g.lineJoin=Mn=d),f!=En&&(g.lineCap=En=f),r!=kn&&g.setLineDash(kn=r)}function Do(t,o,r,f){o!=pl&&" +
  "(g.fillStyle=pl=o),t!=Ln&&(g.font=Ln=t),r!=An&&(g.textAlign=An=r),f!=Dn&&(g.textBaseline=Dn=f)}funct" +
  "ion Pn(t,o,r,f,a=0){if(f.length>0&&t.auto(n,Rl)&&(o==null||o.min==null)){let d=ne(De,0),S=ne(Pe,f.le" +
  "ngth-1),_=r.min==null?Nr(f,d,S,a,t.distr==3):[r.min,r.max];t.min=wt(t.min,r.min=_[0]),t.max=Be(t.max" +
  ",r.max=_[1])}}let Po={min:null,max:null};function qs(){for(let f in x){let a=x[f];V[f]==null&&(a.min" +
  "==null||V[A]!=null&&a.auto(n,Rl))&&(V[f]=Po)}for(let f in x){let a=x[f];V[f]==null&&a.from!=null&&V[" +
  "a.from]!=null&&(V[f]=Po)}V[A]!=null&&hl(!0);let t={};for(let f in V){let a=V[f];if(a!=null){let d=t[" +
  "f]=El(x[f],qr);if(a.min!=null)Te(d,a);else if(f!=A||s==2)if(Ve==0&&d.from==null){let S=d.range(n,nul" +
  "l,null,f);d.min=S[0],d.max=S[1]}else d.min=ce,d.max=-ce}}if(Ve>0){v.forEach((f,a)=>{if(s==1){let d=f" +
  ".scale,S=V[d];if(S==null)return;let _=t[d];if(a==0){let y=_.range(n,_.min,_.max,d);_.min=y[0],_.max=" +
  "y[1],De=gt(_.min,l[0]),Pe=gt(_.max,l[0]),Pe-De>1&&(l[0][De]<_.min&&De++,l[0][Pe]>_.max&&Pe--),f.min=" +
  "pt[De],f.max=pt[Pe]}else f.show&&f.auto&&Pn(_,S,f,l[a],f.sorted);f.idxs[0]=De,f.idxs[1]=Pe}else if(a" +
  ">0&&f.show&&f.auto){let[d,S]=f.facets,_=d.scale,y=S.scale,[k,M]=l[a],L=t[_],$=t[y];L!=null&&Pn(L,V[_" +
  "],d,k,d.sorted),$!=null&&Pn($,V[y],S,M,S.sorted),f.min=S.min,f.max=S.max}});for(let f in t){let a=t[" +
  "f],d=V[f];if(a.from==null&&(d==null||d.min==null)){let S=a.range(n,a.min==ce?null:a.min,a.max==-ce?n" +
  "ull:a.max,f);a.min=S[0],a.max=S[1]}}}for(let f in t){let a=t[f];if(a.from!=null){let d=t[a.from];if(" +
  "d.min==null)a.min=a.max=null;else{let S=a.range(n,d.min,d.max,f);a.min=S[0],a.max=S[1]}}}let o={},r=" +
  "!1;for(let f in t){let a=t[f],d=x[f];if(d.min!=a.min||d.max!=a.max){d.min=a.min,d.max=a.max;let S=d." +
  "distr;d._min=S==3?At(d.min):S==4?Kn(d.min,d.asinh):S==100?d.fwd(d.min):d.min,d._max=S==3?At(d.max):S" +
  "==4?Kn(d.max,d.asinh):S==100?d.fwd(d.max):d.max,o[f]=r=!0}}if(r){v.forEach((f,a)=>{s==2?a>0&&o.y&&(f" +
  "._paths=null):o[f.scale]&&(f._paths=null)});for(let f in o)rl=!0,He(\"setScale\",f);Ne&&F.left>=0&&(Bt" +
  "=ot=!0)}for(let f in V)V[f]=null}function js(t){let o=to(De-1,0,Ve-1),r=to(Pe+1,0,Ve-1);for(;t[o]==n" +
  "ull&&o>0;)o--;for(;t[r]==null&&r<Ve-1;)r++;return[o,r]}function Js(){if(Ve>0){let t=v.some(o=>o._foc" +
  "us)&&Ke!=_t.alpha;t&&(g.globalAlpha=Ke=_t.alpha),v.forEach((o,r)=>{if(r>0&&o.show&&(Co(r,!1),Co(r,!0" +
  "),o._paths==null)){let f=Ke;Ke!=o.alpha&&(g.globalAlpha=Ke=o.alpha);let a=s==2?[0,l[r][0].length-1]:" +
  "js(l[r]);o._paths=o.paths(n,r,a[0],a[1]),Ke!=f&&(g.globalAlpha=Ke=f)}}),v.forEach((o,r)=>{if(r>0&&o." +
  "show){let f=Ke;Ke!=o.alpha&&(g.globalAlpha=Ke=o.alpha),o._paths!=null&&Fo(r,!1);{let a=o._paths!=nul" +
  "l?o._paths.gaps:null,d=o.points.show(n,r,De,Pe,a),S=o.points.filter(n,r,d,a);(d||S)&&(o.points._path" +
  "s=o.points.paths(n,r,De,Pe,S),Fo(r,!0))}Ke!=f&&(g.globalAlpha=Ke=f),He(\"drawSeries\",r)}}),t&&(g.glob" +
  "alAlpha=Ke=1)}}function Co(t,o){let r=o?v[t].points:v[t];r._stroke=r.stroke(n,t),r._fill=r.fill(n,t)" +
  "}function Fo(t,o){let r=o?v[t].points:v[t],{stroke:f,fill:a,clip:d,flags:S,_stroke:_=r._stroke,_fill" +
  ":y=r._fill,_width:k=r.width}=r._paths;k=ae(k*ie,3);let M=null,L=k%2/2;o&&y==null&&(y=k>0?\"#fff\":_);l" +
  "et $=r.pxAlign==1&&L>0;if($&&g.translate(L,L),!o){let oe=je-k/2,le=nt-k/2,Z=Ue+k,W=at+k;M=new Path2D" +
  ",M.rect(oe,le,Z,W)}o?Cn(_,k,r.dash,r.cap,y,f,a,S,d):Zs(t,_,k,r.dash,r.cap,y,f,a,S,M,d),$&&g.translat" +
  "e(-L,-L)}function Zs(t,o,r,f,a,d,S,_,y,k,M){let L=!1;y!=0&&q.forEach(($,oe)=>{if($.series[0]==t){let" +
  " le=v[$.series[1]],Z=l[$.series[1]],W=(le._paths||Ul).band;zt(W)&&(W=$.dir==1?W[0]:W[1]);let H,me=nu" +
  "ll;le.show&&W&&Ir(Z,De,Pe)?(me=$.fill(n,oe)||d,H=le._paths.clip):W=null,Cn(o,r,f,a,me,S,_,y,k,M,H,W)" +
  ",L=!0}}),L||Cn(o,r,f,a,d,S,_,y,k,M)}let Ho=Ll|oo;function Cn(t,o,r,f,a,d,S,_,y,k,M,L){Ao(t,o,r,f,a)," +
  "(y||k||L)&&(g.save(),y&&g.clip(y),k&&g.clip(k)),L?(_&Ho)==Ho?(g.clip(L),M&&g.clip(M),en(a,S),Xl(t,d," +
  "o)):_&oo?(en(a,S),g.clip(L),Xl(t,d,o)):_&Ll&&(g.save(),g.clip(L),M&&g.clip(M),en(a,S),g.restore(),Xl" +
  "(t,d,o)):(en(a,S),Xl(t,d,o)),(y||k||L)&&g.restore()}function Xl(t,o,r){r>0&&(o instanceof Map?o.forE" +
  "ach((f,a)=>{g.strokeStyle=Ql=a,g.stroke(f)}):o!=null&&t&&g.stroke(o))}function en(t,o){o instanceof " +
  "Map?o.forEach((r,f)=>{g.fillStyle=pl=f,g.fill(r)}):o!=null&&t&&g.fill(o)}function Qs(t,o,r,f){let a=" +
  "z[t],d;if(f<=0)d=[0,0];else{let S=a._space=a.space(n,t,o,r,f),_=a._incrs=a.incrs(n,t,o,r,f,S);d=uu(o" +
  ",r,_,f,S)}return a._found=d}function Fn(t,o,r,f,a,d,S,_,y,k){let M=S%2/2;O==1&&g.translate(M,M),Ao(_" +
  ",S,y,k,_),g.beginPath();let L,$,oe,le,Z=a+(f==0||f==3?-d:d);r==0?($=a,le=Z):(L=a,oe=Z);for(let W=0;W" +
  "<t.length;W++)o[W]!=null&&(r==0?L=oe=t[W]:$=le=t[W],g.moveTo(L,$),g.lineTo(oe,le));g.stroke(),O==1&&" +
  "g.translate(-M,-M)}function Xs(t){let o=!0;return z.forEach((r,f)=>{if(!r.show)return;let a=x[r.scal" +
  "e];if(a.min==null){r._show&&(o=!1,r._show=!1,hl(!1));return}else r._show||(o=!1,r._show=!0,hl(!1));l" +
  "et d=r.side,S=d%2,{min:_,max:y}=a,[k,M]=Qs(f,_,y,S==0?U:E);if(M==0)return;let L=a.distr==2,$=r._spli" +
  "ts=r.splits(n,f,_,y,k,M,L),oe=a.distr==2?$.map(H=>pt[H]):$,le=a.distr==2?pt[$[1]]-pt[$[0]]:k,Z=r._va" +
  "lues=r.values(n,r.filter(n,oe,f,M,le),f,M,le);r._rotate=d==2?r.rotate(n,Z,f,M):0;let W=r._size;r._si" +
  "ze=ut(r.size(n,Z,f,t)),W!=null&&r._size!=W&&(o=!1)}),o}function er(t){let o=!0;return Eo.forEach((r," +
  "f)=>{let a=r(n,f,Ut,t);a!=Ct[f]&&(o=!1),Ct[f]=a}),o}function tr(){for(let t=0;t<z.length;t++){let o=" +
  "z[t];if(!o.show||!o._show)continue;let r=o.side,f=r%2,a,d,S=o.stroke(n,t),_=r==0||r==3?-1:1,[y,k]=o." +
  "_found;if(o.label!=null){let Ge=o.labelGap*_,Qe=Le((o._lpos+Ge)*ie);Do(o.labelFont[0],S,\"center\",r==" +
  "2?\"top\":ti),g.save(),f==1?(a=d=0,g.translate(Qe,Le(nt+at/2)),g.rotate((r==3?-fn:fn)/2)):(a=Le(je+Ue/" +
  "2),d=Qe);let jt=Bi(o.label)?o.label(n,t,y,k):o.label;g.fillText(jt,a,d),g.restore()}if(k==0)continue" +
  ";let M=x[o.scale],L=f==0?Ue:at,$=f==0?je:nt,oe=o._splits,le=M.distr==2?oe.map(Ge=>pt[Ge]):oe,Z=M.dis" +
  "tr==2?pt[oe[1]]-pt[oe[0]]:y,W=o.ticks,H=o.border,me=W.show?W.size:0,ye=Le(me*ie),Re=Le((o.alignTo==2" +
  "?o._size-me-o.gap:o.gap)*ie),ue=o._rotate*-fn/180,ve=N(o._pos*ie),Je=(ye+Re)*_,Ie=ve+Je;d=f==0?Ie:0," +
  "a=f==1?Ie:0;let st=o.font[0],ht=o.align==1?vl:o.align==2?Bn:ue>0?vl:ue<0?Bn:f==0?\"center\":r==3?Bn:vl" +
  ",xt=ue||f==1?\"middle\":r==2?\"top\":ti;Do(st,S,ht,xt);let Ze=o.font[1]*o.lineGap,rt=oe.map(Ge=>N(p(Ge,M" +
  ",L,$))),dt=o._values;for(let Ge=0;Ge<dt.length;Ge++){let Qe=dt[Ge];if(Qe!=null){f==0?a=rt[Ge]:d=rt[G" +
  "e],Qe=\"\"+Qe;let jt=Qe.indexOf(`\n`)==-1?[Qe]:Qe.split(/\\n/gm);for(let $e=0;$e<jt.length;$e++){let Xo=" +
  "jt[$e];ue?(g.save(),g.translate(a,d+$e*Ze),g.rotate(ue),g.fillText(Xo,0,0),g.restore()):g.fillText(X" +
  "o,a,d+$e*Ze)}}}W.show&&Fn(rt,W.filter(n,le,t,k,Z),f,r,ve,ye,ae(W.width*ie,3),W.stroke(n,t),W.dash,W." +
  "cap);let Tt=o.grid;Tt.show&&Fn(rt,Tt.filter(n,le,t,k,Z),f,f==0?2:1,f==0?nt:je,f==0?at:Ue,ae(Tt.width" +
  "*ie,3),Tt.stroke(n,t),Tt.dash,Tt.cap),H.show&&Fn([ve],[1],f==0?1:0,f==0?1:2,f==1?nt:je,f==1?at:Ue,ae" +
  "(H.width*ie,3),H.stroke(n,t),H.dash,H.cap)}He(\"drawAxes\")}function hl(t){v.forEach((o,r)=>{r>0&&(o._" +
  "paths=null,t&&(s==1?(o.min=null,o.max=null):o.facets.forEach(f=>{f.min=null,f.max=null})))})}let tn=" +
  "!1,Hn=!1,Vl=[];function lr(){Hn=!1;for(let t=0;t<Vl.length;t++)He(...Vl[t]);Vl.length=0}function dl(" +
  "){tn||(tf(Ro),tn=!0)}function nr(t,o=!1){tn=!0,Hn=o,t(n),Ro(),o&&Vl.length>0&&queueMicrotask(lr)}n.b" +
  "atch=nr;function Ro(){if(yn&&(qs(),yn=!1),rl&&(Is(),rl=!1),jl){if(ge(P,vl,pe),ge(P,\"top\",Ee),ge(P,Gl" +
  ",U),ge(P,$l,E),ge(D,vl,pe),ge(D,\"top\",Ee),ge(D,Gl,U),ge(D,$l,E),ge(w,Gl,Et),ge(w,$l,It),b.width=Le(E" +
  "t*ie),b.height=Le(It*ie),z.forEach(({_el:t,_show:o,_size:r,_pos:f,side:a})=>{if(t!=null)if(o){let d=" +
  "a===3||a===0?r:0,S=a%2==1;ge(t,S?\"left\":\"top\",f-d),ge(t,S?\"width\":\"height\",r),ge(t,S?\"top\":\"left\",S?" +
  "Ee:pe),ge(t,S?\"height\":\"width\",S?E:U),Xn(t,Qt)}else Xe(t,Qt)}),Ql=pl=Tn=Mn=En=Ln=An=Dn=kn=null,Ke=1," +
  "Nl(!0),pe!=sl||Ee!=Gt||U!=bt||E!=$t){hl(!1);let t=U/bt,o=E/$t;if(Ne&&!Bt&&F.left>=0){F.left*=t,F.top" +
  "*=o,ml&&kt(ml,Le(F.left),0,U,E),gl&&kt(gl,0,Le(F.top),U,E);for(let r=0;r<it.length;r++){let f=it[r];" +
  "f!=null&&(cl[r]*=t,al[r]*=o,kt(f,ut(cl[r]),ut(al[r]),U,E))}}if(de.show&&!Jl&&de.left>=0&&de.width>0)" +
  "{de.left*=t,de.width*=t,de.top*=o,de.height*=o;for(let r in Wn)ge(bl,r,de[r])}sl=pe,Gt=Ee,bt=U,$t=E}" +
  "He(\"setSize\"),jl=!1}Et>0&&It>0&&(g.clearRect(0,0,b.width,b.height),He(\"drawClear\"),Y.forEach(t=>t())" +
  ",He(\"draw\")),de.show&&Jl&&(ln(de),Jl=!1),Ne&&Bt&&(qt(null,!0,!1),Bt=!1),J.show&&J.live&&ot&&(zn(),ot" +
  "=!1),h||(h=!0,n.status=1,He(\"ready\")),Rl=!1,tn=!1}n.redraw=(t,o)=>{rl=o||!1,t!==!1?Ht(A,T.min,T.max)" +
  ":dl()};function Rn(t,o){let r=x[t];if(r.from==null){if(Ve==0){let f=r.range(n,o.min,o.max,t);o.min=f" +
  "[0],o.max=f[1]}if(o.min>o.max){let f=o.min;o.min=o.max,o.max=f}if(Ve>1&&o.min!=null&&o.max!=null&&o." +
  "max-o.min<1e-16)return;t==A&&r.distr==2&&Ve>0&&(o.min=gt(o.min,l[0]),o.max=gt(o.max,l[0]),o.min==o.m" +
  "ax&&o.max++),V[t]=o,yn=!0,dl()}}n.setScale=Rn;let Vn,On,ml,gl,Vo,Oo,wl,Sl,zo,No,he,be,Ft=!1,Oe=F.dra" +
  "g,Ce=Oe.x,Fe=Oe.y;Ne&&(F.x&&(Vn=ft(kr,D)),F.y&&(On=ft(Mr,D)),T.ori==0?(ml=Vn,gl=On):(ml=On,gl=Vn),he" +
  "=F.left,be=F.top);let de=n.select=Te({show:!0,over:!0,left:0,width:0,top:0,height:0},e.select),bl=de" +
  ".show?ft(Tr,de.over?D:P):null;function ln(t,o){if(de.show){for(let r in t)de[r]=t[r],r in Wn&&ge(bl," +
  "r,t[r]);o!==!1&&He(\"setSelect\")}}n.setSelect=ln;function or(t){if(v[t].show)Me&&Xn(_e[t],Qt);else if" +
  "(Me&&Xe(_e[t],Qt),Ne){let r=ul?it[0]:it[t];r!=null&&kt(r,-10,-10,U,E)}}function Ht(t,o,r){Rn(t,{min:" +
  "o,max:r})}function yt(t,o,r,f){o.focus!=null&&ur(t),o.show!=null&&v.forEach((a,d)=>{d>0&&(t==d||t==n" +
  "ull)&&(a.show=o.show,or(d),s==2?(Ht(a.facets[0].scale,null,null),Ht(a.facets[1].scale,null,null)):Ht" +
  "(a.scale,null,null),dl())}),r!==!1&&He(\"setSeries\",t,o),f&&Wl(\"setSeries\",n,t,o)}n.setSeries=yt;func" +
  "tion ir(t,o){Te(q[t],o)}function sr(t,o){t.fill=X(t.fill||null),t.dir=ne(t.dir,-1),o=o??q.length,q.s" +
  "plice(o,0,t)}function rr(t){t==null?q.length=0:q.splice(t,1)}n.addBand=sr,n.setBand=ir,n.delBand=rr;" +
  "function fr(t,o){v[t].alpha=o,Ne&&it[t]!=null&&(it[t].style.opacity=o),Me&&_e[t]&&(_e[t].style.opaci" +
  "ty=o)}let Lt,Rt,Kt,_l={focus:!0};function ur(t){if(t!=Kt){let o=t==null,r=_t.alpha!=1;v.forEach((f,a" +
  ")=>{if(s==1||a>0){let d=o||a==0||a==t;f._focus=o?null:d,r&&fr(a,d?1:_t.alpha)}}),Kt=t,r&&dl()}}Me&&f" +
  "l&&We(ii,se,t=>{F._lock||(Yt(t),Kt!=null&&yt(null,_l,!0,xe.setSeries))});function vt(t,o,r){let f=x[" +
  "o];r&&(t=t/ie-(f.ori==1?Ee:pe));let a=U;f.ori==1&&(a=E,t=a-t),f.dir==-1&&(t=a-t);let d=f._min,S=f._m" +
  "ax,_=t/a,y=d+(S-d)*_,k=f.distr;return k==3?kl(10,y):k==4?$r(y,f.asinh):k==100?f.bwd(y):y}function cr" +
  "(t,o){let r=vt(t,A,o);return gt(r,l[0],De,Pe)}n.valToIdx=t=>gt(t,l[0]),n.posToIdx=cr,n.posToVal=vt,n" +
  ".valToPos=(t,o,r)=>x[o].ori==0?c(t,x[o],r?Ue:U,r?je:0):u(t,x[o],r?at:E,r?nt:0),n.setCursor=(t,o,r)=>" +
  "{he=t.left,be=t.top,qt(null,o,r)};function Wo(t,o){ge(bl,vl,de.left=t),ge(bl,Gl,de.width=o)}function" +
  " Io(t,o){ge(bl,\"top\",de.top=t),ge(bl,$l,de.height=o)}let Ol=T.ori==0?Wo:Io,zl=T.ori==1?Wo:Io;functio" +
  "n ar(){if(Me&&J.live)for(let t=s==2?1:0;t<v.length;t++){if(t==0&&lt)continue;let o=J.values[t],r=0;f" +
  "or(let f in o)St[t][r++].firstChild.nodeValue=o[f]}}function zn(t,o){if(t!=null&&(t.idxs?t.idxs.forE" +
  "ach((r,f)=>{fe[f]=r}):Kr(t.idx)||fe.fill(t.idx),J.idx=fe[0]),Me&&J.live){for(let r=0;r<v.length;r++)" +
  "(r>0||s==1&&!lt)&&pr(r,fe[r]);ar()}ot=!1,o!==!1&&He(\"setLegend\")}n.setLegend=zn;function pr(t,o){let" +
  " r=v[t],f=t==0&&K==2?pt:l[t],a;lt?a=r.values(n,t,o)??Pt:(a=r.value(n,o==null?null:f[o],t,o),a=a==nul" +
  "l?Pt:{_:a}),J.values[t]=a}function qt(t,o,r){zo=he,No=be,[he,be]=F.move(n,he,be),F.left=he,F.top=be," +
  "Ne&&(ml&&kt(ml,Le(he),0,U,E),gl&&kt(gl,0,Le(be),U,E));let f,a=De>Pe;Lt=ce,Rt=null;let d=T.ori==0?U:E" +
  ",S=T.ori==1?U:E;if(he<0||Ve==0||a){f=F.idx=null;for(let _=0;_<v.length;_++){let y=it[_];y!=null&&kt(" +
  "y,-10,-10,U,E)}fl&&yt(null,_l,!0,t==null&&xe.setSeries),J.live&&(fe.fill(f),ot=!0)}else{let _,y,k;s=" +
  "=1&&(_=T.ori==0?he:be,y=vt(_,A),f=F.idx=gt(y,l[0],De,Pe),k=C(l[0][f],T,d,0));let M=-10,L=-10,$=0,oe=" +
  "0,le=!0,Z=\"\",W=\"\";for(let H=s==2?1:0;H<v.length;H++){let me=v[H],ye=fe[H],Re=ye==null?null:s==1?l[H]" +
  "[ye]:l[H][1][ye],ue=F.dataIdx(n,H,f,y),ve=ue==null?null:s==1?l[H][ue]:l[H][1][ue];if(ot=ot||ve!=Re||" +
  "ue!=ye,fe[H]=ue,H>0&&me.show){let Je=ue==null?-10:ue==f?k:C(s==1?l[0][ue]:l[H][0][ue],T,d,0),Ie=ve==" +
  "null?-10:G(ve,s==1?x[me.scale]:x[me.facets[1].scale],S,0);if(fl&&ve!=null){let st=T.ori==1?he:be,ht=" +
  "Ae(_t.dist(n,H,ue,Ie,st));if(ht<Lt){let xt=_t.bias;if(xt!=0){let Ze=vt(st,me.scale),rt=ve>=0?1:-1,dt" +
  "=Ze>=0?1:-1;dt==rt&&(dt==1?xt==1?ve>=Ze:ve<=Ze:xt==1?ve<=Ze:ve>=Ze)&&(Lt=ht,Rt=H)}else Lt=ht,Rt=H}}i" +
  "f(ot||ul){let st,ht;T.ori==0?(st=Je,ht=Ie):(st=Ie,ht=Je);let xt,Ze,rt,dt,Tt,Ge,Qe=!0,jt=ze.bbox;if(j" +
  "t!=null){Qe=!1;let $e=jt(n,H);rt=$e.left,dt=$e.top,xt=$e.width,Ze=$e.height}else rt=st,dt=ht,xt=Ze=z" +
  "e.size(n,H);if(Ge=ze.fill(n,H),Tt=ze.stroke(n,H),ul)H==Rt&&Lt<=_t.prox&&(M=rt,L=dt,$=xt,oe=Ze,le=Qe," +
  "Z=Ge,W=Tt);else{let $e=it[H];$e!=null&&(cl[H]=rt,al[H]=dt,pi($e,xt,Ze,Qe),ci($e,Ge,Tt),kt($e,ut(rt)," +
  "ut(dt),U,E))}}}}if(ul){let H=_t.prox,me=Kt==null?Lt<=H:Lt>H||Rt!=Kt;if(ot||me){let ye=it[0];ye!=null" +
  "&&(cl[0]=M,al[0]=L,pi(ye,$,oe,le),ci(ye,Z,W),kt(ye,ut(M),ut(L),U,E))}}}if(de.show&&Ft)if(t!=null){le" +
  "t[_,y]=xe.scales,[k,M]=xe.match,[L,$]=t.cursor.sync.scales,oe=t.cursor.drag;if(Ce=oe._x,Fe=oe._y,Ce|" +
  "|Fe){let{left:le,top:Z,width:W,height:H}=t.select,me=t.scales[L].ori,ye=t.posToVal,Re,ue,ve,Je,Ie,st" +
  "=_!=null&&k(_,L),ht=y!=null&&M(y,$);st&&Ce?(me==0?(Re=le,ue=W):(Re=Z,ue=H),ve=x[_],Je=C(ye(Re,L),ve," +
  "d,0),Ie=C(ye(Re+ue,L),ve,d,0),Ol(wt(Je,Ie),Ae(Ie-Je))):Ol(0,d),ht&&Fe?(me==1?(Re=le,ue=W):(Re=Z,ue=H" +
  "),ve=x[y],Je=G(ye(Re,$),ve,S,0),Ie=G(ye(Re+ue,$),ve,S,0),zl(wt(Je,Ie),Ae(Ie-Je))):zl(0,S)}else In()}" +
  "else{let _=Ae(zo-Vo),y=Ae(No-Oo);if(T.ori==1){let $=_;_=y,y=$}Ce=Oe.x&&_>=Oe.dist,Fe=Oe.y&&y>=Oe.dis" +
  "t;let k=Oe.uni;k!=null?Ce&&Fe&&(Ce=_>=k,Fe=y>=k,!Ce&&!Fe&&(y>_?Fe=!0:Ce=!0)):Oe.x&&Oe.y&&(Ce||Fe)&&(" +
  "Ce=Fe=!0);let M,L;Ce&&(T.ori==0?(M=wl,L=he):(M=Sl,L=be),Ol(wt(M,L),Ae(L-M)),Fe||zl(0,S)),Fe&&(T.ori=" +
  "=1?(M=wl,L=he):(M=Sl,L=be),zl(wt(M,L),Ae(L-M)),Ce||Ol(0,d)),!Ce&&!Fe&&(Ol(0,0),zl(0,0))}if(Oe._x=Ce," +
  "Oe._y=Fe,t==null){if(r){if(Qo!=null){let[_,y]=xe.scales;xe.values[0]=_!=null?vt(T.ori==0?he:be,_):nu" +
  "ll,xe.values[1]=y!=null?vt(T.ori==1?he:be,y):null}Wl(Yn,n,he,be,U,E,f)}if(fl){let _=r&&xe.setSeries," +
  "y=_t.prox;Kt==null?Lt<=y&&yt(Rt,_l,!0,_):Lt>y?yt(null,_l,!0,_):Rt!=Kt&&yt(Rt,_l,!0,_)}}ot&&(J.idx=f," +
  "zn()),o!==!1&&He(\"setCursor\")}let Vt=null;Object.defineProperty(n,\"rect\",{get(){return Vt==null&&Nl(" +
  "!1),Vt}});function Nl(t=!1){t?Vt=null:(Vt=D.getBoundingClientRect(),He(\"syncRect\",Vt))}function Go(t" +
  ",o,r,f,a,d,S){F._lock||Ft&&t!=null&&t.movementX==0&&t.movementY==0||(Nn(t,o,r,f,a,d,S,!1,t!=null),t!" +
  "=null?qt(null,!0,!0):qt(o,!0,!1))}function Nn(t,o,r,f,a,d,S,_,y){if(Vt==null&&Nl(!1),Yt(t),t!=null)r" +
  "=t.clientX-Vt.left,f=t.clientY-Vt.top;else{if(r<0||f<0){he=-10,be=-10;return}let[k,M]=xe.scales,L=o." +
  "cursor.sync,[$,oe]=L.values,[le,Z]=L.scales,[W,H]=xe.match,me=o.axes[0].side%2==1,ye=T.ori==0?U:E,Re" +
  "=T.ori==1?U:E,ue=me?d:a,ve=me?a:d,Je=me?f:r,Ie=me?r:f;if(le!=null?r=W(k,le)?p($,x[k],ye,0):-10:r=ye*" +
  "(Je/ue),Z!=null?f=H(M,Z)?p(oe,x[M],Re,0):-10:f=Re*(Ie/ve),T.ori==1){let st=r;r=f,f=st}}y&&(o==null||" +
  "o.cursor.event.type==Yn)&&((r<=1||r>=U-1)&&(r=Jt(r,U)),(f<=1||f>=E-1)&&(f=Jt(f,E))),_?(Vo=r,Oo=f,[wl" +
  ",Sl]=F.move(n,r,f)):(he=r,be=f)}let Wn={width:0,height:0,left:0,top:0};function In(){ln(Wn,!1)}let $" +
  "o,Bo,Yo,Uo;function Ko(t,o,r,f,a,d,S){Ft=!0,Ce=Fe=Oe._x=Oe._y=!1,Nn(t,o,r,f,a,d,S,!0,!1),t!=null&&(W" +
  "e(Un,Zn,qo,!1),Wl(ni,n,wl,Sl,U,E,null));let{left:_,top:y,width:k,height:M}=de;$o=_,Bo=y,Yo=k,Uo=M}fu" +
  "nction qo(t,o,r,f,a,d,S){Ft=Oe._x=Oe._y=!1,Nn(t,o,r,f,a,d,S,!1,!0);let{left:_,top:y,width:k,height:M" +
  "}=de,L=k>0||M>0,$=$o!=_||Bo!=y||Yo!=k||Uo!=M;if(L&&$&&ln(de),Oe.setScale&&L&&$){let oe=_,le=k,Z=y,W=" +
  "M;if(T.ori==1&&(oe=y,le=M,Z=_,W=k),Ce&&Ht(A,vt(oe,A),vt(oe+le,A)),Fe)for(let H in x){let me=x[H];H!=" +
  "A&&me.from==null&&me.min!=ce&&Ht(H,vt(Z+W,H),vt(Z,H))}In()}else F.lock&&(F._lock=!F._lock,qt(o,!0,t!" +
  "=null));t!=null&&(il(Un,Zn),Wl(Un,n,he,be,U,E,null))}function hr(t,o,r,f,a,d,S){if(F._lock)return;Yt" +
  "(t);let _=Ft;if(Ft){let y=!0,k=!0,M=10,L,$;T.ori==0?(L=Ce,$=Fe):(L=Fe,$=Ce),L&&$&&(y=he<=M||he>=U-M," +
  "k=be<=M||be>=E-M),L&&y&&(he=he<wl?0:U),$&&k&&(be=be<Sl?0:E),qt(null,!0,!0),Ft=!1}he=-10,be=-10,fe.fi" +
  "ll(null),qt(null,!0,!0),_&&(Ft=_)}function jo(t,o,r,f,a,d,S){F._lock||(Yt(t),xn(),In(),t!=null&&Wl(s" +
  "i,n,he,be,U,E,null))}function Jo(){z.forEach(cu),vn(n.width,n.height,!0)}Xt(un,Tl,Jo);let yl={};yl.m" +
  "ousedown=Ko,yl.mousemove=Go,yl.mouseup=qo,yl.dblclick=jo,yl.setSeries=(t,o,r,f)=>{let a=xe.match[2];" +
  "r=a(n,o,r),r!=-1&&yt(r,f,!0,!1)},Ne&&(We(ni,D,Ko),We(Yn,D,Go),We(oi,D,t=>{Yt(t),Nl(!1)}),We(ii,D,hr)" +
  ",We(si,D,jo),io.add(n),n.syncRect=Nl);let nn=n.hooks=e.hooks||{};function He(t,o,r){Hn?Vl.push([t,o," +
  "r]):t in nn&&nn[t].forEach(f=>{f.call(null,n,o,r)})}(e.plugins||[]).forEach(t=>{for(let o in t.hooks" +
  ")nn[o]=(nn[o]||[]).concat(t.hooks[o])});let Zo=(t,o,r)=>r,xe=Te({key:null,setSeries:!1,filters:{pub:" +
  "wi,sub:wi},scales:[A,v[1]?v[1].scale:null],match:[Si,Si,Zo],values:[null,null]},F.sync);xe.match.len" +
  "gth==2&&xe.match.push(Zo),F.sync=xe;let Qo=xe.key,Gn=ds(Qo);function Wl(t,o,r,f,a,d,S){xe.filters.pu" +
  "b(t,o,r,f,a,d,S)&&Gn.pub(t,o,r,f,a,d,S)}Gn.sub(n);function dr(t,o,r,f,a,d,S){xe.filters.sub(t,o,r,f," +
  "a,d,S)&&yl[t](null,o,r,f,a,d,S)}n.pub=dr;function mr(){Gn.unsub(n),io.delete(n),Wt.clear(),eo(un,Tl," +
  "Jo),m.remove(),se?.remove(),He(\"destroy\")}n.destroy=mr;function $n(){He(\"init\",e,l),Lo(l||e.data,!1)" +
  ",V[A]?Rn(A,V[A]):xn(),Jl=de.show&&(de.width>0||de.height>0),Bt=ot=!0,vn(e.width,e.height)}return v.f" +
  "orEach(Mo),z.forEach(Ks),i?i instanceof HTMLElement?(i.appendChild(m),$n()):i(n,$n):$n(),n}ke.assign" +
  "=Te;ke.fmtNum=po;ke.rangeNum=cn;ke.rangeLog=hn;ke.rangeAsinh=co;ke.orient=tl;ke.pxRatio=ie;ke.join=e" +
  "f;ke.fmtDate=mo,ke.tzDate=pf;ke.sync=ds;{ke.addGap=qf,ke.clipGaps=gn;let e=ke.paths={points:_s};e.li" +
  "near=vs,e.stepped=Zf,e.bars=Qf,e.spline=eu}var au=190,pu=660,Ms=86400,hu=[\"Jan\",\"Feb\",\"Mar\",\"Apr\",\"M" +
  "ay\",\"Jun\",\"Jul\",\"Aug\",\"Sep\",\"Oct\",\"Nov\",\"Dec\"],du={main:{width:1.5,isFilled:!0},second:{width:1.5,da" +
  "sh:[5,3]},third:{width:1.75,dash:[1.5,2.5]},alert:{width:2,isFilled:!0}};function Ls(){let l=JSON.pa" +
  "rse(document.getElementById(\"charts\")?.textContent??\"[]\").map(mu),i=()=>{for(let{place:n,draw:s}of l" +
  ")s(n.clientWidth)};for(let{place:n,draw:s}of l)new ResizeObserver(()=>{As()||s(n.clientWidth)}).obse" +
  "rve(n);return matchMedia(\"(prefers-color-scheme: dark)\").addEventListener(\"change\",i),{forPaper(){fo" +
  "r(let{draw:n}of l)n(pu)},forScreen:i}}function As(){return document.documentElement.classList.contai" +
  "ns(\"printing\")}function mu(e){let l=document.getElementById(e.id),i=l.closest(\"figure\"),n=i.querySel" +
  "ector(\".readout\");i.hidden=!1;let s,c=\"\";return{place:l,draw:p=>{let h=`${p} ${Cl(\"main\")} ${As()}`;" +
  "if(h===c||p===0)return;c=h,s?.destroy();let m=e.series.map(({values:b})=>b);s=new ke(gu(e,p,n),[e.ti" +
  "mes,...m],l)}}}function gu(e,l,i){let n={stroke:Cl(\"muted\"),font:\"12px system-ui, sans-serif\",grid:{" +
  "stroke:Cl(\"grid\"),width:1},ticks:{stroke:Cl(\"grid\"),width:1,size:4}};return{width:l,height:au,legend" +
  ":{show:!1},cursor:{y:!1,drag:{x:!1,y:!1},points:{size:6}},tzDate:s=>ke.tzDate(new Date(s*1e3),\"Etc/U" +
  "TC\"),scales:{y:{range:(s,c,u)=>[0,u>0?u*1.08:1]}},axes:[{...n,space:70,values:(s,c,u,p,h)=>c.map(m=>" +
  "bu(m,h))},{...n,size:56,space:36,incrs:e.unit===\"count\"?Su():void 0,values:(s,c)=>c.map(u=>_u(u,e.un" +
  "it))}],series:[{},...e.series.map(s=>wu(s,e.unit))],hooks:{setCursor:[({cursor:s})=>i.textContent=yu" +
  "(e,s.idx)]}}}function wu({name:e,style:l},i){let{isFilled:n,...s}=du[l];return{label:e,stroke:Cl(l)," +
  "fill:n?Cl(`${l}-fill`):void 0,...s,paths:i===\"count\"?ke.paths.stepped?.({align:1}):ke.paths.linear?." +
  "(),points:{show:!1}}}function Cl(e){return getComputedStyle(document.documentElement).getPropertyVal" +
  "ue(`--${e}`).trim()}function Su(){return Array.from({length:15},(e,l)=>[1,2,5].map(i=>i*10**l)).flat" +
  "()}var xo=e=>`${e.getUTCDate()} ${hu[e.getUTCMonth()]}`,Ds=e=>e.toISOString().slice(11,16);function " +
  "bu(e,l){let i=new Date(e*1e3);return l>=Ms||e%Ms===0?xo(i):Ds(i)}var vo=new Intl.NumberFormat(\"en\",{" +
  "notation:\"compact\",maximumSignificantDigits:3}),Es=new Intl.NumberFormat(\"en\",{maximumFractionDigits" +
  ":0});function _u(e,l){return l===\"count\"?vo.format(e):e<1e3?`${vo.format(e)} ms`:`${vo.format(e/1e3)" +
  "} s`}function yu({times:e,series:l,step:i,unit:n},s){if(typeof s!=\"number\"||s>=e.length-1)return\"\";l" +
  "et c=new Date(e[s]*1e3),u=i===\"hour\"?`${xo(c)} ${Ds(c)}`:xo(c),p=l.map(({name:h,values:m})=>{let b=m" +
  "[s],g=b===null?\"\\u2013\":n===\"ms\"?`${Es.format(b)} ms`:Es.format(b);return`${h} ${g}`});return`${u}: " +
  "${p.join(\", \")}`}function Ps(){let e=[...document.querySelectorAll(\"details.numbers\")];for(let i of " +
  "e)i.open=!1;let l=[];return{openAll(){l=e.filter(i=>i.open);for(let i of e)i.open=!0},restore(){for(" +
  "let i of e)i.open=l.includes(i)}}}function Cs({before:e,after:l}){let i=!1,n=s=>{s!==i&&(i=s,documen" +
  "t.documentElement.classList.toggle(\"printing\",s),s?e():l())};addEventListener(\"beforeprint\",()=>n(!0" +
  ")),addEventListener(\"afterprint\",()=>n(!1)),matchMedia(\"print\").addEventListener(\"change\",({matches:" +
  "s})=>n(s))}var vu=new Intl.Collator(\"en\",{numeric:!0});function Fs(e,l){let i=l===\"ascending\"?1:-1;r" +
  "eturn e.map((n,s)=>s).sort((n,s)=>xu(e[n],e[s],i)||n-s)}function xu(e,l,i){return e===null||l===null" +
  "?+(e===null)-+(l===null):i*(typeof e==\"number\"&&typeof l==\"number\"?e-l:vu.compare(`${e}`,`${l}`))}fu" +
  "nction Hs(e,l){return l===null?e===\"text\"?\"ascending\":\"descending\":l===\"ascending\"?\"descending\":\"asc" +
  "ending\"}function Rs(e,l){let i=e.toLowerCase();return l.toLowerCase().split(\" \").every(n=>i.includes" +
  "(n))}var Tu=8,Vs=15,ku=21;function Os(){for(let e of document.querySelectorAll(\".table\"))Mu(e)}funct" +
  "ion Mu(e){let l=e.querySelector(\"table\");if(Eu(e.querySelector(\".scroll\"),l),l.classList.contains(\"g" +
  "rid\"))return;let i=[...l.tBodies[0].rows],n=i.length>=ku&&e.closest(\"details\")===null,s={table:l,row" +
  "s:i,query:\"\",isFolded:n,tell:()=>{}};i.length>1&&Lu(s),i.length>=Tu&&Pu(e,s),n&&Cu(e,s),_n(s)}functi" +
  "on Eu(e,l){let i=l.caption?.firstChild?.textContent?.trim()??\"\";new ResizeObserver(()=>{let n=e.scro" +
  "llWidth>e.clientWidth;if(e.classList.toggle(\"wide\",n),!n){for(let s of[\"tabindex\",\"role\",\"aria-label" +
  "\"])e.removeAttribute(s);return}e.tabIndex=0,e.setAttribute(\"role\",\"region\"),e.setAttribute(\"aria-lab" +
  "el\",`${i}, scrolls sideways`)}).observe(e)}function Lu(e){let l=[...e.table.tHead.rows[0].cells];for" +
  "(let[i,n]of l.entries()){let s=ll(\"button\",{type:\"button\"},n.textContent??\"\");s.addEventListener(\"cl" +
  "ick\",()=>{let c=Hs(n.dataset.kind,n.getAttribute(\"aria-sort\"));for(let u of l)u.removeAttribute(\"ari" +
  "a-sort\");n.setAttribute(\"aria-sort\",c),Au(e,i,c)}),n.replaceChildren(s)}}function Au(e,l,i){let n=e." +
  "table.tHead?.rows[0].cells[l].dataset.kind===\"number\",s=e.rows.map(({cells:u})=>Du(u[l],n));e.rows=F" +
  "s(s,i).map(u=>e.rows[u]),e.table.tBodies[0].replaceChildren(...e.rows),_n(e)}function Du(e,l){if(l)r" +
  "eturn e.dataset.v===void 0?null:Number(e.dataset.v);let i=e.textContent??\"\";return i===\"\\u2013\"?null" +
  ":i}function Pu(e,l){let i=l.table.caption?.firstChild?.textContent?.trim()??\"\",n=ll(\"input\",{type:\"s" +
  "earch\",autocomplete:\"off\",spellcheck:\"false\"}),s=ll(\"label\",{},\"Filter \",ll(\"span\",{class:\"vh\"},i),n" +
  "),c=ll(\"output\",{\"aria-live\":\"polite\"});l.tell=(u,p)=>{let h=l.rows.length.toLocaleString(\"en\"),b=u=" +
  "==l.rows.length?`${h} rows`:`${u.toLocaleString(\"en\")} of ${h} rows`;c.value=p<u?`${b}, the first ${" +
  "p} shown`:b},n.addEventListener(\"input\",()=>{l.query=n.value.trim(),_n(l)}),e.prepend(ll(\"div\",{clas" +
  "s:\"filter\"},s,c))}function Cu(e,l){let i=l.rows.length.toLocaleString(\"en\"),n=ll(\"button\",{type:\"but" +
  "ton\",class:\"fold\",\"aria-expanded\":\"false\"}),s=()=>n.textContent=l.isFolded?`Show all ${i} rows`:`Sho" +
  "w ${Vs} rows`;s(),n.addEventListener(\"click\",()=>{l.isFolded=!l.isFolded,n.setAttribute(\"aria-expand" +
  "ed\",String(!l.isFolded)),s(),_n(l)}),e.append(n)}function _n(e){let{rows:l,query:i,isFolded:n}=e,s=n" +
  "&&i===\"\"?Vs:l.length,[c,u]=[0,0];for(let p of l){let h=i===\"\"||Rs(p.textContent??\"\",i);h&&c++,p.hidd" +
  "en=!h||c>s,p.hidden||u++}e.tell(c,u)}function ll(e,l,...i){let n=document.createElement(e);for(let[s" +
  ",c]of Object.entries(l))n.setAttribute(s,c);return n.append(...i),n}var zs=Ls(),Ns=Ps();Os();Cs({bef" +
  "ore(){Ns.openAll(),zs.forPaper()},after(){Ns.restore(),zs.forScreen()}});})();"

export const STYLE: string =
  ".uplot,.uplot *,.uplot *:before,.uplot *:after{box-sizing:border-box}.uplot{font-family:system-ui,-a" +
  "pple-system,Segoe UI,Roboto,Helvetica Neue,Arial,Noto Sans,sans-serif,\"Apple Color Emoji\",\"Segoe UI " +
  "Emoji\",Segoe UI Symbol,\"Noto Color Emoji\";line-height:1.5;width:min-content}.u-title{text-align:cent" +
  "er;font-size:18px;font-weight:700}.u-wrap{position:relative;user-select:none}.u-over,.u-under{positi" +
  "on:absolute}.u-under{overflow:hidden}.uplot canvas{display:block;position:relative;width:100%;height" +
  ":100%}.u-axis{position:absolute}.u-legend{font-size:14px;margin:auto;text-align:center}.u-inline{dis" +
  "play:block}.u-inline *{display:inline-block}.u-inline tr{margin-right:16px}.u-legend th{font-weight:" +
  "600}.u-legend th>*{vertical-align:middle;display:inline-block}.u-legend .u-marker{width:1em;height:1" +
  "em;margin-right:4px;background-clip:padding-box!important}.u-inline.u-live th:after{content:\":\";vert" +
  "ical-align:middle}.u-inline:not(.u-live) .u-value{display:none}.u-series>*{padding:4px}.u-series th{" +
  "cursor:pointer}.u-legend .u-off>*{opacity:.3}.u-select{background:#00000012;position:absolute;pointe" +
  "r-events:none}.u-cursor-x,.u-cursor-y{position:absolute;left:0;top:0;pointer-events:none;will-change" +
  ":transform}.u-hz .u-cursor-x,.u-vt .u-cursor-y{height:100%;border-right:1px dashed #607D8B}.u-hz .u-" +
  "cursor-y,.u-vt .u-cursor-x{width:100%;border-bottom:1px dashed #607D8B}.u-cursor-pt{position:absolut" +
  "e;top:0;left:0;border-radius:50%;border:0 solid;pointer-events:none;will-change:transform;background" +
  "-clip:padding-box!important}.u-axis.u-off,.u-select.u-off,.u-cursor-x.u-off,.u-cursor-y.u-off,.u-cur" +
  "sor-pt.u-off{display:none}:root{color-scheme:light dark;--ground: #ffffff;--panel: #f5f7f9;--text: #" +
  "1b2126;--muted: #57626d;--line: #d5dbe1;--grid: #e6eaee;--accent: #0a5a9c;--bad: #a8201a;--warn: #8a" +
  "4b00;--note: #46535f;--good: #1d6b3a;--bad-ground: #fdf0ef;--warn-ground: #fdf5e8;--note-ground: #f2" +
  "f5f7;--good-ground: #eef7f1;--main: #0a5a9c;--main-fill: #0a5a9c1c;--second: #46535f;--third: #8a4b0" +
  "0;--alert: #a8201a;--alert-fill: #a8201a1c;--l1: #bcd7ee;--l2: #83b4dd;--l3: #4388c1;--l4: #0a5a9c}@" +
  "media screen and (prefers-color-scheme:dark){:root:not(.printing){--ground: #14181c;--panel: #1c2227" +
  ";--text: #e4e8ec;--muted: #a3afba;--line: #39434c;--grid: #2a3239;--accent: #84bdf0;--bad: #ff9c93;-" +
  "-warn: #f0b761;--note: #b6c2cd;--good: #85d3a0;--bad-ground: #34201f;--warn-ground: #2f2719;--note-g" +
  "round: #222a31;--good-ground: #1a2c21;--main: #84bdf0;--main-fill: #84bdf026;--second: #b6c2cd;--thi" +
  "rd: #f0b761;--alert: #ff9c93;--alert-fill: #ff9c9326;--l1: #24425c;--l2: #34658e;--l3: #5792c4;--l4:" +
  " #8fc6f7}}*,*:before,*:after{box-sizing:border-box}html{font:16px/1.55 system-ui,-apple-system,Segoe" +
  " UI,Roboto,Noto Sans,sans-serif;background:var(--ground);color:var(--text);text-size-adjust:100%;scr" +
  "oll-padding-top:1rem}body{margin:0 auto;padding:2.5rem 1.25rem 3rem;max-width:62rem}h1,h2{line-heigh" +
  "t:1.25;font-weight:650;overflow-wrap:anywhere}h1{font-size:1.75rem;margin:.15rem 0 .35rem}h2{font-si" +
  "ze:1.3rem;margin:0 0 .75rem}p,ul,ol,dl{margin:0 0 1rem}p,li,dd{overflow-wrap:anywhere}a{color:var(--" +
  "accent);text-underline-offset:.15em}:focus-visible{outline:3px solid var(--accent);outline-offset:2p" +
  "x;border-radius:2px}main:focus{outline:none}.skip{position:absolute;left:-999rem}.skip:focus{left:1r" +
  "em;top:.5rem;z-index:2;padding:.5rem .75rem;background:var(--ground)}.vh{position:absolute;width:1px" +
  ";height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.kicker,.period,.made,.note,.non" +
  "e,footer{color:var(--muted)}.kicker{margin:0;font-size:.875rem}.made,footer{font-size:.875rem}bdi{wh" +
  "ite-space:pre-wrap}.cc{padding:0 .2em;border:1px solid currentcolor;border-radius:3px;font:.8em ui-m" +
  "onospace,monospace;color:var(--warn)}.more{color:var(--muted);font-style:italic}.icon{width:1em;heig" +
  "ht:1em;flex:none;fill:currentcolor}.icon .cut{fill:none;stroke:var(--ground);stroke-width:1.8;stroke" +
  "-linecap:round}.badge{display:inline-flex;align-items:center;gap:.4em;font-weight:600}.bad>.badge,.b" +
  "adge.bad{color:var(--bad)}.badge.warn{color:var(--warn)}.badge.note{color:var(--note)}.badge.good{co" +
  "lor:var(--good)}.verdict{margin:1.25rem 0;padding:.85rem 1rem;border-left:4px solid var(--note);back" +
  "ground:var(--note-ground)}.verdict.bad{border-color:var(--bad);background:var(--bad-ground)}.verdict" +
  ".warn{border-color:var(--warn);background:var(--warn-ground)}.verdict.good{border-color:var(--good);" +
  "background:var(--good-ground)}.verdict .badge{font-size:1.05rem}.gravest{display:block;margin-top:.2" +
  "rem}.findings{list-style:none;padding:0}.findings li{display:grid;grid-template-columns:6.5rem 1fr a" +
  "uto;gap:.15rem 1rem;align-items:baseline;padding:.6rem 0;border-top:1px solid var(--line)}.findings " +
  "li:last-child{border-bottom:1px solid var(--line)}.findings p{margin:0}nav ul{display:flex;flex-wrap" +
  ":wrap;gap:.35rem 1.1rem;margin:0 0 2.25rem;padding:.7rem 0;border-block:1px solid var(--line);list-s" +
  "tyle:none;font-size:.9375rem}section{margin-bottom:3.25rem}.numbers-row{display:grid;grid-template-c" +
  "olumns:repeat(auto-fill,minmax(10.5rem,1fr));gap:1px;margin:0;border:1px solid var(--line);backgroun" +
  "d:var(--line)}.numbers-row>div{padding:.8rem 1rem;background:var(--ground)}.numbers-row dt{font-size" +
  ":.9375rem}.numbers-row dd{margin:0}.numbers-row .value{display:block;font-size:1.6rem;font-weight:60" +
  "0;line-height:1.3;font-variant-numeric:tabular-nums}.numbers-row .note{font-size:.875rem}figure{marg" +
  "in:0 0 1.5rem}figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1.5rem;" +
  "margin-bottom:.4rem}.title,caption{font-weight:600}.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1" +
  "rem;margin:0;padding:0;list-style:none;font-size:.875rem}.legend li{display:flex;align-items:center;" +
  "gap:.4rem}.sample{fill:none;stroke:var(--second);stroke-width:2}.sample.main{stroke:var(--main)}.sam" +
  "ple.second{stroke-dasharray:5 3}.sample.third{stroke:var(--third);stroke-dasharray:1.5 2.5}.sample.a" +
  "lert{stroke:var(--alert);stroke-width:2.5}.plot{min-height:190px;overflow:hidden}.readout{min-height" +
  ":1.4em;margin:.1rem 0 0;font-size:.875rem;color:var(--muted);font-variant-numeric:tabular-nums}summa" +
  "ry{width:fit-content;margin-bottom:.75rem;color:var(--accent);cursor:pointer}.table{margin:0 0 2rem}" +
  ".scroll{position:relative;overflow-x:auto}table{width:100%;border-collapse:collapse;font-size:.9375r" +
  "em;font-variant-numeric:tabular-nums}caption{padding-bottom:.4rem;text-align:left;font-size:1rem}.ro" +
  "ws{margin-left:.35rem;font-weight:400;color:var(--muted)}th,td{padding:.4rem .75rem;border-bottom:1p" +
  "x solid var(--line);text-align:left;vertical-align:top;font-weight:400}th:first-child,td:first-child" +
  "{padding-left:0}thead th{border-bottom:2px solid var(--line);vertical-align:bottom;font-size:.875rem" +
  ";font-weight:600;color:var(--muted)}.x{min-width:7rem;max-width:30rem;overflow:hidden;overflow-wrap:" +
  "anywhere}.n{text-align:right;white-space:nowrap}.t{white-space:nowrap}th button{display:inline-flex;" +
  "gap:.25rem;margin:0;padding:.15rem 0;border:0;background:none;font:inherit;color:inherit;text-align:" +
  "inherit;cursor:pointer}th button:hover{color:var(--accent)}th button:after{width:.7em;content:\"\\2195" +
  "\" / \"\";opacity:.45}[aria-sort] button{color:var(--text)}[aria-sort=ascending] button:after{content:\"" +
  "\\2191\" / \"\";opacity:1}[aria-sort=descending] button:after{content:\"\\2193\" / \"\";opacity:1}.filter{dis" +
  "play:flex;flex-wrap:wrap;justify-content:flex-end;align-items:center;gap:.25rem .75rem;font-size:.87" +
  "5rem}.filter output{order:-1;color:var(--muted)}input{width:12rem;margin-left:.35rem;padding:.3rem ." +
  "5rem;border:1px solid var(--muted);border-radius:4px;background:var(--ground);font:inherit;color:inh" +
  "erit}.fold{margin-top:.75rem;padding:.35rem .75rem;border:1px solid var(--muted);border-radius:4px;b" +
  "ackground:none;font:inherit;font-size:.875rem;color:var(--accent);cursor:pointer}.days{margin-bottom" +
  ":1rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}.cell{width:.75rem;height:1rem;borde" +
  "r-radius:2px}.legend .cell+.cell{margin-left:-.2rem}.grid{-webkit-print-color-adjust:exact;print-col" +
  "or-adjust:exact;min-width:46rem;table-layout:fixed;border-collapse:separate;border-spacing:1px 3px}." +
  "grid th,.grid td{height:1.35rem;padding:0;border:0;border-radius:2px;vertical-align:middle}.grid .da" +
  "tes>*{height:0}.grid .months td{font-size:.8125rem;color:var(--muted)}.grid .months td:first-child,." +
  "grid th:first-child{width:8rem;padding-right:.5rem;overflow:hidden;text-overflow:ellipsis;font-size:" +
  ".875rem}.grid tbody th{position:sticky;left:0;z-index:1;background:var(--ground);border-radius:0}.l1" +
  "{background:var(--l1)}.l2{background:var(--l2)}.l3{background:var(--l3)}.l4{background:var(--l4)}.ce" +
  "ll.quiet,.grid td.quiet{background:linear-gradient(var(--muted),var(--muted)) center / 60% 2px no-re" +
  "peat var(--panel)}.cell.silent,.grid td.silent{background:linear-gradient(to top right,transparent 4" +
  "2%,var(--bad) 42% 58%,transparent 58%),linear-gradient(to bottom right,transparent 42%,var(--bad) 42" +
  "% 58%,var(--bad-ground) 58%);outline:1px solid var(--bad);outline-offset:-1px}.cell.removed,.grid td" +
  ".removed{background:repeating-linear-gradient(to bottom,var(--line) 0 1px,transparent 1px 4px)}.cell" +
  ".before,.grid td.before{background:radial-gradient(var(--line) 1.5px,transparent 2px) center / 100% " +
  "100%}footer{padding-top:1rem;border-top:1px solid var(--line)}@media(min-width:78rem){body{display:g" +
  "rid;grid-template-columns:11rem minmax(0,62rem);gap:0 3.5rem;max-width:79rem}header,footer{grid-colu" +
  "mn:2}nav{grid-column:1;grid-row:1 / 3;align-self:start;position:sticky;top:2.5rem}nav ul{flex-direct" +
  "ion:column;padding:0;border:0}}@media(max-width:36rem){body{padding:1.25rem 1rem 2rem}h1{font-size:1" +
  ".4rem}.findings li{grid-template-columns:1fr auto}.findings p{grid-row:2;grid-column:1 / 3}.numbers-" +
  "row{grid-template-columns:repeat(2,minmax(0,1fr))}.numbers-row>div{padding:.6rem .75rem}.numbers-row" +
  " .value{font-size:1.3rem}.filter{justify-content:flex-start}input{width:9rem}}@media(prefers-reduced" +
  "-motion:reduce){*{scroll-behavior:auto;transition:none;animation:none}}@page{size:A4;margin:15mm 14m" +
  "m}@media print{html{font-size:10pt}body{display:block;max-width:none;padding:0}.skip,nav,.filter,.fo" +
  "ld,.readout,summary,th button:after{display:none}tr[hidden]{display:table-row}details::details-conte" +
  "nt{content-visibility:visible;display:block;block-size:auto}.scroll{overflow:visible}table{font-size" +
  ":8.5pt}th,td{padding:.2rem .4rem}.x,.grid{min-width:0}tr,figure,.findings li,.numbers-row>div{break-" +
  "inside:avoid}h2,caption{break-after:avoid}section{margin-bottom:1.5rem}a{color:inherit;text-decorati" +
  "on:none}.verdict,.badge{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"
